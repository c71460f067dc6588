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
	var missing, waiting []string
	b.WriteString("| project | lock | by hand | pipeline | package | Terraform | mended for it |\n|---|---|---|---|---|---|---|\n")
	for _, p := range projects {
		link := fmt.Sprintf("[%s](https://github.com/%s/tree/%s)", p.Repository, p.Repository, p.Commit)
		r, ok := results[p.Repository]
		switch {
		case p.Missing != "":
			missing = append(missing, link+": "+p.Missing)
			continue
		case !ok || r.Pipeline == (Counts{}) && r.Error == "":
			waiting = append(waiting, p.Repository)
			continue
		}
		ran++
		if r.Same() {
			good++
		}
		came := r.Pipeline.String()
		if r.Hand != r.Pipeline {
			came = or(r.Error, came)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s |\n", link, p.Lock, r.Hand, came,
			or(r.Package, "none"), roots(r.Roots), p.Mended)
	}
	fmt.Fprintf(&b, "\n%d of %d test and package with the same result as by hand.\n", good, ran)
	list(&b, "Not run, for want of what a package index does not have:", missing)
	if len(waiting) > 0 {
		fmt.Fprintf(&b, "\n%d more are on the list and have not been run: %s.\n", len(waiting), strings.Join(waiting, ", "))
	}
	return b.String()
}

func list(b *strings.Builder, title string, items []string) {
	if len(items) > 0 {
		fmt.Fprintf(b, "\n%s\n\n- %s\n", title, strings.Join(items, "\n- "))
	}
}

// Same says whether tests and package come out as by hand.
func (r Result) Same() bool {
	return r.Hand == r.Pipeline && r.Hand != (Counts{}) && (r.Package == "" || r.Package == "same")
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
