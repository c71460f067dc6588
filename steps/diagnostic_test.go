package steps

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// jq runs one of the scripts on what terraform said.
func jq(t *testing.T, script, file string, flags ...string) string {
	t.Helper()
	if _, err := exec.LookPath("jq"); err != nil {
		t.Skip("no jq on this machine: the terraform container has it, and the tests of it do the same")
	}
	out, err := exec.Command("jq", append(flags, "-R", "-r", "-f", "scripts/"+script, file)...).Output()
	if err != nil {
		t.Fatalf("%s of %s: %v", script, file, err)
	}
	return string(out)
}

// What terraform 1.11 really said as JSON for each (testdata/diagnostics/record.py
// makes it fail again), the line that is made of it, and whether a destruction goes
// on without a refresh; UPDATE=1 writes the lines anew.
func TestRealDiagnostics(t *testing.T) {
	files, err := filepath.Glob("testdata/diagnostics/*.json")
	if err != nil || len(files) < 12 {
		t.Fatalf("%d failures, %v", len(files), err)
	}
	var lines strings.Builder
	for _, file := range files {
		said := jq(t, "said.jq", file)
		if errorLine.MatchString(said) {
			t.Errorf("%s: what is not terraform's error looks like one:\n%s", file, said)
		}
		// explain gets both outputs, and this is their order.
		line := Explain(said+jq(t, "errors.jq", file, "-s"), "b", "mr-1")
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		lines.WriteString(name + ": " + line + "\n  not built, nothing destroyed: " + jq(t, "unbuilt.jq", file, "-s"))
	}
	wantGolden(t, "testdata/diagnostics/lines", lines.String())
}

// A destruction that has begun is not begun again, whatever a command of the
// project says; one that a missing file stopped before goes on without a refresh.
func TestDestroyDecidesByTheDiagnostic(t *testing.T) {
	for file, want := range map[string]string{
		"file-not-built":                "true\n",
		"provisioner-says-no-such-file": "false\n",
		"prevent-destroy":               "false\n",
	} {
		if got := jq(t, "unbuilt.jq", "testdata/diagnostics/"+file+".json", "-s"); got != want {
			t.Errorf("%s: %q, want %q", file, got, want)
		}
	}
	missing, err := os.ReadFile("testdata/diagnostics/file-not-built.json")
	if err != nil {
		t.Fatal(err)
	}
	for action, want := range map[string]string{"read": "true\n", "delete": "false\n"} { // a data source was read before, or a resource destroyed
		file := filepath.Join(t.TempDir(), "said.json")
		if err := os.WriteFile(file, append([]byte(`{"type":"apply_start","hook":{"action":"`+action+`"}}`+"\n"), missing...), 0o644); err != nil {
			t.Fatal(err)
		}
		if got := jq(t, "unbuilt.jq", file, "-s"); got != want {
			t.Errorf("after %s: %q, want %q", action, got, want)
		}
	}
}

// People read the same as without JSON: what is done, what commands print, the
// outputs without what is sensitive, and what is no message of terraform's.
func TestSaid(t *testing.T) {
	file := filepath.Join(t.TempDir(), "said.json")
	text := strings.Join([]string{
		`{"@level":"info","@message":"Terraform 1.11.4","type":"version"}`,
		`{"@message":"a.b: Creating...","type":"apply_start"}`,
		`{"@message":"a.b: (local-exec): one\ntwo","type":"provision_progress","hook":{"resource":{"addr":"a.b"},"provisioner":"local-exec","output":"one\nError: two"}}`,
		`{"@message":"Apply complete! Resources: 1 added, 0 changed, 0 destroyed.","type":"change_summary"}`,
		`{"@message":"Outputs: 1","type":"outputs","outputs":{"planned":{"action":"create","sensitive":false}}}`,
		`{"@message":"Outputs: 2","type":"outputs","outputs":{"url":{"sensitive":false,"value":"https://x"},"key":{"sensitive":true}}}`,
		`{"@message":"Warning: old","type":"diagnostic","diagnostic":{"severity":"warning","summary":"old","detail":"use\nnew","range":{"filename":"m.tf","start":{"line":3}}}}`,
		`{"@message":"Error: bad","type":"diagnostic","diagnostic":{"severity":"error","summary":"bad","detail":""}}`,
		`panic: not JSON`, `7`,
	}, "\n")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	want := strings.TrimLeft(`
a.b: Creating...
a.b (local-exec): one
a.b (local-exec): Error: two
Apply complete! Resources: 1 added, 0 changed, 0 destroyed.

Outputs:

url = "https://x"
key = <sensitive>

Warning: old: see m.tf line 3
  use
  new

panic: not JSON
7
`, "\n")
	if got := jq(t, "said.jq", file); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// The script as it runs: terraform's code stays, a destruction that a missing file
// stopped is begun again without a refresh, and once more with an empty file in its
// place; one that had begun is not.
func TestApplyScript(t *testing.T) {
	for name, tt := range map[string]struct {
		said, command string
		code          int
		runs          []string
	}{
		"done":                    {"no-value", "apply", 0, []string{"apply -json -auto-approve"}},
		"failed":                  {"file-not-built", "apply", 1, []string{"apply -json -auto-approve"}},
		"destroyed in part":       {"provisioner-says-no-such-file", "destroy", 1, []string{"destroy -json -auto-approve"}},
		"nothing destroyed yet":   {"file-not-built", "destroy", 1, []string{"destroy -json -auto-approve", "destroy -json -auto-approve -refresh=false", "destroy -json -auto-approve -refresh=false"}},
		"another kind of failure": {"prevent-destroy", "destroy", 1, []string{"destroy -json -auto-approve"}},
	} {
		t.Run(name, func(t *testing.T) {
			said, err := filepath.Abs("testdata/diagnostics/" + tt.said + ".json")
			if err != nil {
				t.Fatal(err)
			}
			jq(t, "said.jq", said)
			script, err := filepath.Abs("scripts/apply.sh")
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			fake := "#!/bin/sh\necho \"$*\" >> runs\ncat '" + said + "'\n"
			if tt.code != 0 {
				fake += "exit 1\n"
			}
			if err := os.WriteFile(filepath.Join(dir, "terraform"), []byte(fake), 0o755); err != nil {
				t.Fatal(err)
			}
			c := exec.Command("sh", script, tt.command, "-auto-approve")
			c.Dir = dir
			c.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"), "MEMORY="+dir, "KEEP="+dir, "PIPELINE_RUN=r", "PLAN_KEY_FILE=none")
			var stderr bytes.Buffer
			c.Stderr = &stderr
			err = c.Run()
			if got := c.ProcessState.ExitCode(); got != tt.code {
				t.Errorf("code %d, %v\n%s", got, err, stderr.String())
			}
			if !strings.Contains(stderr.String(), "Error: ") {
				t.Errorf("no error is said: %q", stderr.String())
			}
			kept, err := os.ReadFile(filepath.Join(dir, "said.json"))
			if err != nil || !strings.Contains(string(kept), `"type":"diagnostic"`) || strings.Contains(string(kept), "provision_progress") {
				t.Errorf("kept in memory, of all that was said: %s, %v", kept, err)
			}
			runs, err := os.ReadFile(filepath.Join(dir, "runs"))
			if got := strings.Join(tt.runs, "\n") + "\n"; err != nil || string(runs) != got {
				t.Errorf("it ran\n%swant\n%s%v", runs, got, err)
			}
		})
	}
}
