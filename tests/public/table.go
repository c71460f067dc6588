package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// table is the results in Markdown: tests and packages, then root modules.
func table(projects []Project, results map[string]Result) string {
	var b strings.Builder
	good, ran := 0, 0
	var missing, waiting []string
	b.WriteString("| project | lock | lines of table | by hand | pipeline | package | on Dagger | mended for it |\n|---|---|---|---|---|---|---|---|\n")
	for _, p := range projects {
		r, ok := results[p.Repository]
		switch {
		case p.Test == "":
			continue
		case p.Missing != "":
			missing = append(missing, p.link()+": "+p.Missing)
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
		} else if r.Names != "" && r.Names != "same" {
			came += "; " + r.Names
		}
		fmt.Fprintf(&b, "| %s | %s | %d | %s | %s | %s | %s | %s |\n", p.link(), p.Lock, strings.Count(p.Table, "\n"),
			r.Hand, or(came, ""), or(r.Package, "none"), or(r.Dagger, "not run"), p.Mended)
	}
	fmt.Fprintf(&b, "\n%d of %d test and package with the same result as by hand.\n", good, ran)
	list(&b, "Not compared, and why:", missing)
	if len(waiting) > 0 {
		fmt.Fprintf(&b, "\n%d more are on the list and have not been run: %s.\n", len(waiting), strings.Join(waiting, ", "))
	}
	modules(&b, projects, results)
	return b.String()
}

// modules is the table of root modules.
func modules(b *strings.Builder, projects []Project, results map[string]Result) {
	fmt.Fprint(b, "\n| root module | lines of table | what came of it | mended for it |\n|---|---|---|---|\n")
	roots, of, several := 0, 0, 0
	for _, p := range projects {
		all, before := results[p.Repository].Roots, roots
		for _, root := range p.Roots {
			came := all[root.Path]
			if root.Missing != "" {
				came = "not run: " + root.Missing
			}
			if throughAll(came) {
				roots++
			}
			fmt.Fprintf(b, "| %s `%s` | %d | %s | %s |\n", p.link(), root.Path, strings.Count(or(root.Table, p.Table), "\n"), or(came, "not run yet"), root.Mended)
		}
		if roots > before {
			of++
			if len(p.Roots) > 1 {
				several++
			}
		}
	}
	fmt.Fprintf(b, "\n%d root modules of %d projects came through all verbs; %d of these projects have several.\n", roots, of, several)
}

// throughAll tells whether a root module came through all verbs.
func throughAll(came string) bool {
	return strings.HasSuffix(came, ", destroy") && !strings.Contains(came, " fails: ")
}

func (p Project) link() string {
	name := p.Repository
	if p.Directory != "." {
		name += " `" + p.Directory + "`"
	}
	return fmt.Sprintf("[%s](https://github.com/%s/tree/%s)", name, p.Repository, p.Commit)
}

func list(b *strings.Builder, title string, items []string) {
	if len(items) > 0 {
		fmt.Fprintf(b, "\n%s\n\n- %s\n", title, strings.Join(items, "\n- "))
	}
}

// Same says whether tests and package come out as by hand.
func (r Result) Same() bool {
	return r.Hand == r.Pipeline && r.Hand != (Counts{}) && (r.Names == "" || r.Names == "same") && (r.Package == "" || r.Package == "same")
}

func (r Result) roots() string {
	var lines []string
	for _, path := range slices.Sorted(maps.Keys(r.Roots)) {
		lines = append(lines, path+": "+r.Roots[path])
	}
	return strings.Join(lines, "; ")
}

func or(a, b string) string {
	if a != "" {
		return strings.ReplaceAll(a, "|", `\|`)
	}
	return b
}
