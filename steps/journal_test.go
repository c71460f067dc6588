package steps

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// runScript runs one of the scripts in a directory of its own, with a terraform that
// is the text of a shell script. It gives what it printed, and its exit code.
func runScript(t *testing.T, dir, terraform string, env []string, script string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	if _, err := exec.LookPath("jq"); err != nil {
		t.Skip("no jq on this machine: the terraform container has it, and the tests of it do the same")
	}
	path, err := filepath.Abs("scripts")
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, "bin/terraform"), "#!/bin/sh\n"+terraform)
	writeFile(t, filepath.Join(dir, "bin/sleep"), "#!/bin/sh\n")
	writeFile(t, filepath.Join(dir, "memory/here"), "")
	c := exec.Command("sh", append([]string{filepath.Join(path, script)}, args...)...)
	c.Dir = dir
	c.Env = append(os.Environ(), "PATH="+dir+"/bin:"+path+":"+os.Getenv("PATH"), "MEMORY="+dir+"/memory", "KEEP="+dir, "VALUES="+dir+"/values", "PIPELINE_RUN=r", "PLAN_KEY_FILE=none")
	c.Env = append(c.Env, env...)
	var out, problems bytes.Buffer
	c.Stdout, c.Stderr = &out, &problems
	_ = c.Run()
	return out.String(), problems.String(), c.ProcessState.ExitCode()
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}

// event is what terraform says of a resource.
func event(kind, action, address, id string) string {
	hook := `"action":"` + action + `"`
	if id != "" {
		hook += `,"id_key":"id","id_value":"` + id + `"`
	}
	return `{"@message":"m","type":"` + kind + `","hook":{"resource":{"addr":"` + strings.ReplaceAll(address, `"`, `\"`) + `"},` + hook + "}}\n"
}

// What a deployment leaves on the engine's disk while it runs: addresses and ids, and no secret.
func TestJournal(t *testing.T) {
	said := `{"type":"planned_change","change":{"resource":{"addr":"hunter22"},"action":"create"}}` + "\n" +
		event("apply_start", "create", "aws_s3_bucket.it", "") +
		event("apply_progress", "create", "aws_s3_bucket.it", "") +
		`{"type":"provision_progress","hook":{"resource":{"addr":"a.b"},"output":"hunter22 {\"type\":\"apply_start\"}"}}` + "\n" +
		event("apply_complete", "create", "aws_s3_bucket.it", "orders-mr-7") +
		event("apply_start", "read", "data.aws_x.y", "") +
		event("apply_start", "create", `module.m["a b"].aws_x.y[0]`, "") +
		event("apply_complete", "create", "aws_x.named", "name-hunter22") +
		event("apply_start", "create", `aws_x.keyed["hunter22"]`, "") +
		event("apply_complete", "create", "aws_x.from_keys", "of-secret-key") +
		event("apply_complete", "delete", "aws_x.old", "") +
		"panic: hunter22\n\x01\xff\n" +
		event("apply_errored", "create", "aws_x.bad", "") +
		strings.TrimSuffix(event("apply_start", "create", "aws_x.last", ""), "\n")
	const want = `{"event":"apply_start","action":"create","address":"aws_s3_bucket.it"}
{"event":"apply_complete","action":"create","address":"aws_s3_bucket.it","key":"id","id":"orders-mr-7"}
{"event":"apply_start","action":"create","address":"module.m[\"a b\"].aws_x.y[0]"}
{"event":"apply_complete","action":"create","address":"aws_x.named"}
{"event":"apply_complete","action":"create","address":"aws_x.from_keys"}
{"event":"apply_complete","action":"delete","address":"aws_x.old"}
{"event":"apply_errored","action":"create","address":"aws_x.bad"}
{"event":"apply_start","action":"create","address":"aws_x.last"}
`
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "values/1"), "hunter22")
	writeFile(t, filepath.Join(dir, "values/2"), "abc")
	writeFile(t, filepath.Join(dir, "said"), said)
	journal := filepath.Join(dir, "journal")
	// Each line is noted as soon as it arrives.
	if _, stderr, code := runScript(t, dir, "", []string{"AWS_SECRET_ACCESS_KEY=secret-key"}, "../testdata/follow.sh", filepath.Join(dir, "said"), journal); code != 0 {
		t.Fatalf("code %d: %s", code, stderr)
	}
	got, err := os.ReadFile(journal)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("noted\n%s\nwant\n%s", got, want)
	}
	if info, err := os.Stat(journal); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the journal's mode is %v, %v", info.Mode(), err)
	}
}

const stateOf = `{"version":4,"resources":[
{"mode":"managed","type":"aws_x","name":"kept","instances":[{"attributes":{"id":"k"}}]},
{"module":"module.m[\"a\"]","mode":"managed","type":"aws_x","name":"y","instances":[{"index_key":0,"attributes":{"id":"y0"}},{"index_key":"k","attributes":{"id":"old"}}]},
{"mode":"managed","type":"aws_x","name":"again","instances":[{"attributes":{"id":"old"}}]},
{"mode":"data","type":"aws_x","name":"read","instances":[{"attributes":{"id":"r"}}]}]}`

// What killed runs have made is named unless the state has it, even if the state has an
// older resource at the same address.
func TestLostIsNamed(t *testing.T) {
	noted := func(event, action, address, id string) string {
		line := `{"event":"` + event + `","action":"` + action + `","address":"` + strings.ReplaceAll(address, `"`, `\"`) + `"`
		if id != "" {
			line += `,"key":"id","id":"` + id + `"`
		}
		return line + "}\n"
	}
	journal := noted("apply_start", "create", "aws_x.kept", "") + noted("apply_complete", "create", "aws_x.kept", "k") +
		noted("apply_start", "create", `module.m["a"].aws_x.y[0]`, "") +
		noted("apply_complete", "create", `module.m["a"].aws_x.y["k"]`, "new") +
		noted("apply_complete", "delete", "aws_x.again", "") + noted("apply_start", "create", "aws_x.again", "") +
		noted("apply_start", "create", "aws_x.begun", "") +
		noted("apply_start", "create", "aws_x.failed", "") + noted("apply_errored", "create", "aws_x.failed", "") +
		noted("apply_complete", "create", "aws_x.secret", "") +
		noted("apply_complete", "delete", "aws_x.gone", "") + `{"event":"apply_st` // the end of its life
	for name, tt := range map[string]struct{ terraform, want string }{
		"a state": {"cat <<'END'\n" + stateOf + "\nEND\n",
			"aws_x.again (unfinished)\naws_x.begun (unfinished)\naws_x.failed (unfinished)\naws_x.secret (id not kept)\nmodule.m[\"a\"].aws_x.y[\"k\"] (id new)\n"},
		"no state": {"exit 1\n",
			"aws_x.again (unfinished)\naws_x.begun (unfinished)\naws_x.failed (unfinished)\naws_x.kept (id k)\naws_x.secret (id not kept)\nmodule.m[\"a\"].aws_x.y[\"k\"] (id new)\nmodule.m[\"a\"].aws_x.y[0] (unfinished)\n"},
	} {
		dir := t.TempDir()
		writeFile(t, filepath.Join(dir, "one.log"), journal)
		got, stderr, code := runScript(t, dir, tt.terraform, nil, "lost.sh")
		if got != tt.want || code != 0 {
			t.Errorf("%s: code %d, got\n%swant\n%s%s", name, code, got, tt.want, stderr)
		}
		if again, _, code := runScript(t, dir, tt.terraform, nil, "lost.sh"); again != "" || code != 0 {
			t.Errorf("%s, asked again: code %d, %q", name, code, again)
		}
	}
}
