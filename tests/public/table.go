package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// table is the results in Markdown.
func table(projects []Project, results map[string]Result) string {
	var b strings.Builder
	good, ran := 0, 0
	b.WriteString("| project | lock | by hand | pipeline | package | Terraform |\n|---|---|---|---|---|---|\n")
	for _, p := range projects {
		r, ok := results[p.Repository]
		if !ok {
			continue
		}
		ran++
		if r.Same() {
			good++
		}
		fmt.Fprintf(&b, "| [%s](https://github.com/%s/tree/%s) | %s | %s | %s | %s | %s |\n", p.Repository, p.Repository, p.Commit,
			p.Lock, r.Hand, or(r.Error, r.Pipeline.String()), or(r.Package, "none"), roots(r.Roots))
	}
	fmt.Fprintf(&b, "\n%d of %d test and package with the same result as by hand.\n", good, ran)
	return b.String()
}

// Same says whether tests and package come out as by hand.
func (r Result) Same() bool {
	return r.Hand == r.Pipeline && r.Hand.Passed > 0 && (r.Package == "" || r.Package == "same")
}

func roots(all map[string]string) string {
	var lines []string
	for _, path := range slices.Sorted(maps.Keys(all)) {
		lines = append(lines, "`"+path+"`: "+all[path])
	}
	return strings.ReplaceAll(strings.Join(lines, "; "), "|", `\|`)
}

func or(a, b string) string {
	if a != "" {
		return strings.ReplaceAll(a, "|", `\|`)
	}
	return b
}
