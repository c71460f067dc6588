package steps

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"dagger/pipeline/note"
	"dagger/pipeline/tell"
)

// Summary is what a plan does, without any value.
type Summary struct {
	// Changes are the resources with an action.
	Changes []Change `json:"changes"`
	// Outputs are the names of the outputs that change.
	Outputs []string `json:"outputs"`
	// New reports that the state had no resource.
	New bool `json:"new"`
	// Drift are the resources that were changed outside of terraform.
	Drift []Change `json:"drift"`
}

// Change is one resource and its action: create, update, replace, delete, forget
// or forget+create, or none if it is only moved or imported.
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
		switch c.made() {
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
	line        func(Change) note.Markdown
}{
	{"import", "Imported", func(c Change) bool { return c.Imported }, address},
	{"move", "Moved", func(c Change) bool { return c.From != "" }, func(c Change) note.Markdown { return note.Code(c.From) + " is now " + address(c) }},
	{"forget", "No longer managed (left in place)", forgets, address},
}

// forgets tells whether what is there stays, and nobody knows of it any more: by
// itself, or while another is made in its place (forget+create).
func forgets(c Change) bool { return strings.Contains(c.Action, "forget") }

// made is the action beside what is forgotten.
func (c Change) made() string {
	return strings.TrimSuffix(strings.TrimPrefix(c.Action, "forget+"), "+forget")
}

func address(c Change) note.Markdown { return note.Code(c.Address) }

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
// additional ones that GitLab does not show, if there are any.
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
	var b strings.Builder
	fmt.Fprintf(&b, "### Terraform plan for %s\n\n%s.\n", note.Code(environment), s.counts())
	note.Lists(&b, s.lists(), note.Largest)
	return b.String()
}

// plan is the plan as a part of a note.
func (s Summary) plan(root, text string) note.Plan {
	return note.Plan{Root: root, Counts: s.counts(), Lists: s.lists(), Diff: text}
}

// counts are those of Line, in Markdown.
func (s Summary) counts() note.Markdown {
	if len(s.Changes) == 0 && len(s.Outputs) == 0 {
		return "No changes"
	}
	add, change, destroy := s.Counts()
	text := fmt.Sprintf("**%d** to add, **%d** to change, **%d** to destroy", add, change, destroy)
	for _, k := range kinds {
		if n := s.more(k.is); n > 0 {
			text += fmt.Sprintf(", **%d** to %s", n, k.verb)
		}
	}
	return note.Markdown(text)
}

// lists are the resources by what is done to them, what destroys first.
func (s Summary) lists() []note.List {
	all := []note.List{}
	add := func(title string, changes []Change, is func(Change) bool, line func(Change) note.Markdown) {
		l := note.List{Title: title}
		for _, c := range changes {
			if is(c) {
				l.Items = append(l.Items, line(c))
			}
		}
		if len(l.Items) > 0 {
			all = append(all, l)
		}
	}
	for _, a := range []struct{ action, title string }{
		{"delete", "Destroyed"}, {"replace", "Replaced (destroyed and created again)"}, {"update", "Changed"}, {"create", "Created"},
	} {
		add(a.title, s.Changes, func(c Change) bool { return c.made() == a.action }, address)
	}
	for _, k := range kinds {
		add(k.title, s.Changes, k.is, k.line)
	}
	outputs := note.List{Title: "Outputs that change"}
	for _, name := range s.Outputs {
		outputs.Items = append(outputs.Items, note.Code(name))
	}
	if len(outputs.Items) > 0 {
		all = append(all, outputs)
	}
	add("Changed outside of terraform since the last deployment", s.Drift, func(Change) bool { return true }, address)
	return all
}
