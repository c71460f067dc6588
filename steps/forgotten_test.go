package steps

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// planning is what Terraform and OpenTofu print about a change before they make it.
func planning(action, address string) string {
	return `{"@message":"` + address + `: Plan to ` + action + `","type":"planned_change","change":{"resource":{"addr":"` + address + `"},"action":"` + action + `"}}` + "\n"
}

func failed(summary string) string {
	return `{"@message":"Error: ` + summary + `","type":"diagnostic","diagnostic":{"severity":"error","summary":"` + summary + `","detail":""}}` + "\n"
}

// applied is a run of apply.sh with a terraform that prints something and ends with an exit
// code, and with the states before and after it.
type applied struct {
	files         map[string]string
	command       string
	said          string
	ends          string
	before, after string

	stdout, stderr string
	code           int
	noted          bool // the journal is kept
}

func (a *applied) run(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range a.files {
		writeFile(t, filepath.Join(dir, name), text)
	}
	writeFile(t, filepath.Join(dir, "said"), a.said)
	writeFile(t, filepath.Join(dir, "before"), a.before)
	writeFile(t, filepath.Join(dir, "after"), a.after)
	terraform := "case $1 in\nstate) if [ -f ran ]; then cat after; else cat before; fi ;;\n*) touch ran; cat said; exit " + a.ends + " ;;\nesac\n"
	a.stdout, a.stderr, a.code = runScript(t, dir, terraform, nil, "apply.sh", a.command, "-auto-approve")
	_, err := os.Stat(filepath.Join(dir, "r.log"))
	a.noted = err == nil
}

const (
	forgetting = "removed {\n  from = aws_x.kept\n  lifecycle { destroy = false }\n}\n"
	noState    = `{"version":4,"resources":[]}`
	named      = "Left in place, and no longer in the state: aws_x.kept (id k)"
	undone     = "Error: left in place: aws_x.kept (id k): "
)

// Resources that Terraform forgets without destroying are named with their ids. A destruction
// that leaves some in place fails.
func TestForgottenIsNamed(t *testing.T) {
	config := map[string]string{"main.tf": forgetting}
	for name, tt := range map[string]struct {
		applied
		want int
		told bool
	}{
		"a deployment": {applied{files: config, command: "apply", said: planning("remove", "aws_x.kept"), ends: "0", before: stateOf, after: noState}, 0, true},
		"a saved plan": {applied{files: map[string]string{"main.tf": forgetting, "memory/forgets": "aws_x.kept\n"}, command: "apply", ends: "0", before: stateOf, after: noState}, 0, true},
		"another is made in its place": {applied{files: config, command: "apply", ends: "0", before: stateOf, after: noState,
			said: planning("noop", "aws_x.kept") + event("apply_complete", "create", "aws_x.kept", "new")}, 0, true},
		"one that is to be made failed": {applied{files: config, command: "apply", ends: "1", before: stateOf, after: stateOf,
			said: planning("replace", "aws_x.kept") + event("apply_complete", "create", "aws_x.kept", "new") + failed("no")}, 1, false},
		"a saved plan that failed": {applied{files: map[string]string{"main.tf": forgetting, "memory/forgets": "aws_x.kept\n"}, command: "apply", said: failed("no"), ends: "1", before: stateOf, after: stateOf}, 1, false},
		"it is replaced": {applied{files: config, command: "apply", ends: "0", before: stateOf, after: noState,
			said: planning("replace", "aws_x.kept") + event("apply_complete", "delete", "aws_x.kept", "") + event("apply_complete", "create", "aws_x.kept", "new")}, 0, false},
		"a destruction":       {applied{files: config, command: "destroy", said: planning("remove", "aws_x.kept"), ends: "0", before: stateOf, after: noState}, 1, true},
		"one by OpenTofu":     {applied{files: config, command: "destroy", said: planning("remove", "aws_x.kept") + failed("Destroy was successful but left behind forgotten instances"), ends: "1", before: stateOf, after: noState}, 1, true},
		"one that destroys":   {applied{files: config, command: "destroy", said: planning("delete", "aws_x.kept") + event("apply_complete", "delete", "aws_x.kept", ""), ends: "0", before: stateOf, after: noState}, 0, false},
		"one that failed":     {applied{files: config, command: "destroy", said: planning("remove", "aws_x.kept") + failed("no"), ends: "1", before: stateOf, after: stateOf}, 1, false},
		"nothing to forget":   {applied{files: config, command: "apply", said: planning("create", "aws_x.new"), ends: "0", before: stateOf, after: stateOf}, 0, false},
		"from a module's own": {applied{files: map[string]string{".terraform/modules/m/main.tf": forgetting}, command: "destroy", said: planning("remove", "aws_x.kept"), ends: "0", before: stateOf, after: noState}, 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			tt.run(t)
			if tt.code != tt.want || strings.Contains(tt.stdout, named) != tt.told || strings.Contains(tt.stderr, undone) != (tt.told && tt.command == "destroy") {
				t.Errorf("code %d\n%s%s", tt.code, tt.stdout, tt.stderr)
			}
			line := Explain(tt.stdout+tt.stderr, "b", "mr-1")
			if tt.told && tt.command == "destroy" && !strings.HasPrefix(line, "left in place: aws_x.kept (id k): ") {
				t.Errorf("the line is %q", line)
			}
			if got := Completed(tt.stdout); tt.told && got != "done. "+named {
				t.Errorf("the result is %q", got)
			}
		})
	}
}

// Resources that have moved to another address are counted, whatever else happens to them,
// even when a saved plan is applied, which does not mention them again.
func TestMovedIsCounted(t *testing.T) {
	move := func(action, from, to string) string {
		return strings.Replace(planning(action, to), `"},"action"`, `"},"previous_resource":{"addr":"`+from+`"},"action"`, 1)
	}
	const complete = `{"@message":"Apply complete! Resources: 0 added, 1 changed, 0 destroyed.","type":"change_summary"}` + "\n"
	for name, tt := range map[string]struct {
		applied
		want string
	}{
		"two":                {applied{command: "apply", said: move("move", "aws_x.a", "aws_x.b") + move("update", "aws_x.c", "aws_x.d") + planning("create", "aws_x.e") + complete, ends: "0"}, "0 added, 1 changed, 0 destroyed, 2 moved"},
		"none":               {applied{command: "apply", said: planning("update", "aws_x.e") + complete, ends: "0"}, "0 added, 1 changed, 0 destroyed"},
		"a saved plan":       {applied{files: map[string]string{"memory/moves": "3\n"}, command: "apply", said: complete, ends: "0"}, "0 added, 1 changed, 0 destroyed, 3 moved"},
		"one that failed":    {applied{command: "apply", said: move("move", "aws_x.a", "aws_x.b") + failed("no"), ends: "1"}, "done"},
		"one that destroyed": {applied{command: "destroy", said: move("delete", "aws_x.a", "aws_x.b"), ends: "0"}, "done"},
	} {
		t.Run(name, func(t *testing.T) {
			tt.run(t)
			if got := Completed(tt.stdout); got != tt.want {
				t.Errorf("%q, want %q\n%s%s", got, tt.want, tt.stdout, tt.stderr)
			}
		})
	}
}

// What Terraform has made is noted until the state has it, even if Terraform ends without
// writing one: after a second interrupt, or a crash.
func TestMadeAndNotWritten(t *testing.T) {
	made := event("apply_start", "create", "aws_x.kept", "") + event("apply_complete", "create", "aws_x.kept", "k") + event("apply_start", "create", "aws_x.next", "")
	const names = "Error: state not written: made and not in it: "
	for name, tt := range map[string]struct {
		applied
		want  string
		noted bool
	}{
		"interrupted twice":          {applied{said: made, ends: "1", after: noState}, names + "aws_x.kept (id k), aws_x.next (unfinished): ", true},
		"the state cannot be read":   {applied{said: made, ends: "1", after: "?"}, names + "aws_x.kept (id k), aws_x.next (unfinished): ", true},
		"half of it is there":        {applied{said: made, ends: "1", after: stateOf}, names + "aws_x.next (unfinished): ", true},
		"a fault of its own":         {applied{said: made, ends: "2", after: noState}, "", true},
		"one failed, and is written": {applied{said: made + event("apply_errored", "create", "aws_x.next", "") + failed("no"), ends: "1", after: stateOf}, "Error: no", false},
		"nothing is made":            {applied{said: failed("no"), ends: "1"}, "Error: no", false},
		"all is well":                {applied{said: made, ends: "0", after: noState}, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			tt.command = "apply"
			tt.run(t)
			if !strings.Contains(tt.stderr, tt.want) || tt.applied.noted != tt.noted || strings.Contains(tt.stderr, names) != strings.HasPrefix(tt.want, names) {
				t.Errorf("noted %v, said\n%s", tt.applied.noted, tt.stderr)
			}
		})
	}
}
