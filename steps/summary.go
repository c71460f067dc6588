package steps

import (
	"dagger/pipeline/tell"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Summary is what a plan does, without any value.
type Summary struct {
	// Changes are the resources that something is done to.
	Changes []Change `json:"changes"`
	// Outputs are the names of the outputs that change.
	Outputs []string `json:"outputs"`
	// Drift are the resources that were changed outside of terraform.
	Drift []Change `json:"drift"`
}

// Change is one resource and what is done to it: create, update, replace, delete
// or forget, or nothing but that it is moved or imported.
type Change struct {
	Address string `json:"address"`
	Action  string `json:"action"`
	// From is the address that it had before.
	From     string `json:"from,omitempty"`
	Imported bool   `json:"imported,omitempty"`
}

// ParseSummary reads the summary.json of a plan.
func ParseSummary(text string) (Summary, error) {
	var s Summary
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return s, tell.Errorf("reading the plan's summary: %w", err)
	}
	return s, nil
}

// Counts is how many resources are added, changed and destroyed. A replaced one
// is both added and destroyed, as terraform itself counts.
func (s Summary) Counts() (add, change, destroy int) {
	for _, c := range s.Changes {
		switch c.Action {
		case "create":
			add++
		case "update":
			change++
		case "delete":
			destroy++
		case "replace":
			add++
			destroy++
		}
	}
	return add, change, destroy
}

// kinds are what may be done to resources beside adding, changing and destroying
// them, in the order in which they are told.
var kinds = []struct {
	verb, title string
	is          func(Change) bool
	line        func(Change) string
}{
	{"import", "Imported", func(c Change) bool { return c.Imported }, address},
	{"move", "Moved", func(c Change) bool { return c.From != "" }, func(c Change) string { return code(c.From) + " is now " + address(c) }},
	{"forget", "No longer managed (left in place)", func(c Change) bool { return c.Action == "forget" }, address},
}

func address(c Change) string { return code(c.Address) }

// more is how many resources a kind has.
func (s Summary) more(is func(Change) bool) (n int) {
	for _, c := range s.Changes {
		if is(c) {
			n++
		}
	}
	return n
}

// Drifted are the addresses of the resources that were changed outside of
// terraform and that the plan changes back.
func (s Summary) Drifted() []string {
	var out []string
	for _, d := range s.Drift {
		if slices.ContainsFunc(s.Changes, func(c Change) bool { return c.Address == d.Address }) {
			out = append(out, d.Address)
		}
	}
	return out
}

// Line is the counts in a line.
func (s Summary) Line() string {
	add, change, destroy := s.Counts()
	line := fmt.Sprintf("plan: %d to add, %d to change, %d to destroy", add, change, destroy)
	for _, k := range kinds {
		if n := s.more(k.is); n > 0 {
			line += fmt.Sprintf(", %d to %s", n, k.verb)
		}
	}
	return line
}

// Report is the counts in the form of GitLab's artifacts:reports:terraform, with
// those that GitLab does not show beside its own where there are any.
func (s Summary) Report() string {
	add, change, destroy := s.Counts()
	report := fmt.Sprintf("{\"create\":%d,\"update\":%d,\"delete\":%d", add, change, destroy)
	for _, k := range kinds {
		if n := s.more(k.is); n > 0 {
			report += fmt.Sprintf(",%q:%d", k.verb, n)
		}
	}
	return report + "}\n"
}

// Note is the plan as a note on a merge request, in Markdown.
func (s Summary) Note(environment string) string {
	add, change, destroy := s.Counts()
	var b strings.Builder
	fmt.Fprintf(&b, "### Terraform plan for %s\n\n", code(environment))
	if len(s.Changes) == 0 && len(s.Outputs) == 0 {
		b.WriteString("No changes.\n")
	} else {
		fmt.Fprintf(&b, "**%d** to add, **%d** to change, **%d** to destroy", add, change, destroy)
		for _, k := range kinds {
			if n := s.more(k.is); n > 0 {
				fmt.Fprintf(&b, ", **%d** to %s", n, k.verb)
			}
		}
		b.WriteString(".\n")
	}
	section(&b, "Destroyed", s.Changes, "delete")
	section(&b, "Replaced (destroyed and created again)", s.Changes, "replace")
	section(&b, "Changed", s.Changes, "update")
	section(&b, "Created", s.Changes, "create")
	for _, k := range kinds {
		listed(&b, k.title, s.Changes, k.is, k.line)
	}
	if len(s.Outputs) > 0 {
		names := make([]string, len(s.Outputs))
		for i, name := range s.Outputs {
			names[i] = code(name)
		}
		fmt.Fprintf(&b, "\nOutputs that change: %s\n", strings.Join(names, ", "))
	}
	if len(s.Drift) > 0 {
		b.WriteString("\nChanged outside of terraform since the last deployment:\n\n")
		for _, c := range s.Drift {
			fmt.Fprintf(&b, "- %s\n", code(c.Address))
		}
	}
	return b.String()
}

// folded is the number of resources from which on a section is folded.
const folded = 10

func section(b *strings.Builder, title string, changes []Change, action string) {
	listed(b, title, changes, func(c Change) bool { return c.Action == action }, address)
}

func listed(b *strings.Builder, title string, changes []Change, is func(Change) bool, line func(Change) string) {
	var lines []string
	for _, c := range changes {
		if is(c) {
			lines = append(lines, "- "+line(c))
		}
	}
	switch {
	case len(lines) == 0:
	case len(lines) < folded:
		fmt.Fprintf(b, "\n%s:\n\n%s\n", title, strings.Join(lines, "\n"))
	default:
		fmt.Fprintf(b, "\n<details><summary>%s: %d</summary>\n\n%s\n\n</details>\n", title, len(lines), strings.Join(lines, "\n"))
	}
}
