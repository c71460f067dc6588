package steps

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPlanText(t *testing.T) {
	const actions = "Terraform will perform the following actions:\n\n  # terraform_data.a will be created\n\nPlan: 1 to add, 0 to change, 0 to destroy."
	for name, test := range map[string]struct{ output, want string }{
		"empty":   {"", ""},
		"actions": {actions, actions},
		"reading and refreshing": {
			"data.x.a: Reading...\ndata.x.a: Read complete after 0s [id=7]\nterraform_data.b: Refreshing state... [id=8]\n\n" + actions + "\n", actions,
		},
		"what comes after the line": {
			actions + "\n\n─────────────────────────────\n\nSaved the plan to: /run/plan/now/tfplan\n\nTo perform exactly these actions, run the following command to apply:\n", actions,
		},
		"a line in a value":  {"+ input = \"───── no end\"\nPlan: 1", "+ input = \"───── no end\"\nPlan: 1"},
		"nothing to be done": {"\nNo changes. Your infrastructure matches the configuration.\n\nTerraform has compared your real infrastructure\n", "No changes. Your infrastructure matches the configuration.\n\nTerraform has compared your real infrastructure"},
	} {
		if got := PlanText(test.output); got != test.want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, test.want)
		}
	}
}

// many are 12 resources that are created.
func many() []Change {
	var out []Change
	for i := range 12 {
		out = append(out, Change{Address: "terraform_data.many[" + string(rune('a'+i)) + "]", Action: "create"})
	}
	return out
}

var summaries = map[string]Summary{
	"nothing": {},
	"outputs": {Outputs: []string{"url", "name"}},
	"each": {
		Changes: []Change{{Address: "a.new", Action: "create"}, {Address: "a.other", Action: "update"}, {Address: "a.gone", Action: "delete"}, {Address: "module.m.a.again[\"k\"]", Action: "replace"}, {Address: "a.odd", Action: "forget"}},
		Outputs: []string{"url"},
		Drift:   []Change{{Address: "a.other", Action: "update"}, {Address: "a.untouched", Action: "update"}},
	},
	"many":  {Changes: many()},
	"taken": {Changes: []Change{{Address: "a.new", From: "a.old"}, {Address: "a.adopted", Imported: true}, {Address: "a.both", Action: "update", From: "a.one", Imported: true}}},
}

func TestSummaryCounts(t *testing.T) {
	for name, want := range map[string]string{
		"nothing": "plan: 0 to add, 0 to change, 0 to destroy",
		"outputs": "plan: 0 to add, 0 to change, 0 to destroy",
		"each":    "plan: 2 to add, 1 to change, 2 to destroy, 1 to forget",
		"taken":   "plan: 0 to add, 1 to change, 0 to destroy, 2 to import, 2 to move",
		"many":    "plan: 12 to add, 0 to change, 0 to destroy",
	} {
		if got := summaries[name].Line(); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got, want := summaries["each"].Report(), "{\"create\":2,\"update\":1,\"delete\":2,\"forget\":1}\n"; got != want {
		t.Errorf("report %q, want %q", got, want)
	}
}

func TestDrifted(t *testing.T) {
	for name, want := range map[string]string{"nothing": "", "each": "a.other", "many": ""} {
		if got := strings.Join(summaries[name].Drifted(), " "); got != want {
			t.Errorf("%s: drifted %q, want %q", name, got, want)
		}
	}
}

// The notes are in testdata; UPDATE=1 writes them anew.
func TestNote(t *testing.T) {
	for name, s := range summaries {
		path := filepath.Join("testdata", "note-"+name+".md")
		got := s.Note("mr-7")
		if os.Getenv("UPDATE") == "1" {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
}

func TestParseSummary(t *testing.T) {
	s, err := ParseSummary(`{"changes":[{"address":"a.b","action":"create"}],"outputs":["o"],"drift":[]}`)
	if err != nil || len(s.Changes) != 1 || s.Changes[0] != (Change{Address: "a.b", Action: "create"}) || s.Outputs[0] != "o" {
		t.Errorf("read %+v, %v", s, err)
	}
	if _, err := ParseSummary("no JSON"); err == nil || !strings.HasPrefix(err.Error(), "reading the plan's summary: ") {
		t.Errorf("error %v", err)
	}
}

func TestCompleted(t *testing.T) {
	for output, want := range map[string]string{
		"x\nApply complete! Resources: 1 added, 0 changed, 2 destroyed.\n\nOutputs:\n": "1 added, 0 changed, 2 destroyed",
		"Destroy complete! Resources: 3 destroyed.\n":                                  "3 destroyed",
		"echo Apply complete! Resources: 9 added.\n":                                   "done",
		"": "done",
	} {
		if got := Completed(output); got != want {
			t.Errorf("%q: %q, want %q", output, got, want)
		}
	}
}

// What is made in place of something that stays is added, and the other forgotten.
func TestMadeInPlaceOfWhatStays(t *testing.T) {
	s := Summary{Changes: []Change{{Address: "a.b", Action: "forget+create"}}}
	if got, want := s.Line(), "plan: 1 to add, 0 to change, 0 to destroy, 1 to forget"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if note := s.Note("mr-7"); !strings.Contains(note, "\nCreated:\n\n- `a.b`") || !strings.Contains(note, "(left in place):\n\n- `a.b`") {
		t.Errorf("the note is\n%s", note)
	}
}
