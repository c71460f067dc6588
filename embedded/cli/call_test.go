package cli

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestResults(t *testing.T) {
	for _, tc := range []struct{ args, out string }{
		{"test", "hello tests"},
		{"count", "42"},
		{"clean", "true"},
		{"doctor", ""},
		{"region", "eu-west-1"},
		{"--region us-east-1 region", "us-east-1"},
		{"region --region us-east-1", "us-east-1"},
		{"environments", "mr-1\nstaging\nprod\n"},
		{"environments --limit 1", "mr-1\n"},
		{"environments --limit 1 --json", "[\n    \"mr-1\"\n]\n"},
		{"-j count", "42\n"},
		{"-j test", "\"hello tests\"\n"},
		{"-j doctor", ""},
		{"deploy --environment staging", "staging [] 3 false SHORT"},
		{"deploy --environment=staging --targets a,b --targets c --dryRun --detail long --Attempts 0x10", "staging [a b c] 16 true LONG"},
		{"test-reports entries", "a\nb/\n"},
		{"test-reports file --path junit.xml contents", "<testsuites/>"},
		{"app-container publish --address host/x:1", "publish"},
	} {
		t.Run(tc.args, func(t *testing.T) {
			w := newWorld(t)
			w.session.answers = map[string]any{"entries": []string{"a", "b/"}, "contents": "<testsuites/>"}
			code := w.run(append([]string{"call"}, strings.Fields(tc.args)...)...)
			if code != 0 || w.out.String() != tc.out || w.err.Len() > 0 {
				t.Errorf("exit code %d, output %q, want %q: %s", code, w.out.String(), tc.out, &w.err)
			}
			if !w.session.closed {
				t.Error("the session is still open")
			}
		})
	}
}

func TestTerminalGetsANewline(t *testing.T) {
	w := newWorld(t)
	w.Terminal = true
	if w.run("call", "test"); w.out.String() != "hello tests\n" {
		t.Errorf("output %q", w.out.String())
	}
}

// TestQueries checks what the engine is asked, last.
func TestQueries(t *testing.T) {
	for _, tc := range []struct{ args, query, out string }{
		{"test-reports", `query{loadDirectoryFromID(id: ID){sync{id}}}`, "Directory@sha256:"},
		{"test-reports entries --path x", `query{loadDirectoryFromID(id: ID){entries(path: "x")}}`, ""},
		{"test-reports file --path junit.xml", `query{loadDirectoryFromID(id: ID){file(path: "junit.xml"){sync{id}}}}`, "File@sha256:"},
		{"test-reports -o out", `query{loadDirectoryFromID(id: ID){export(path: "DIR/out")}}`, ""},
		{"build-package -o out/", `query{loadFileFromID(id: ID){export(path: "DIR/out", allowParentDirPath: true)}}`, ""},
		{"app-container --output /tmp/x.tar", `query{loadContainerFromID(id: ID){export(path: "/tmp/x.tar")}}`, ""},
		{"app-container with-directory --path /x --source sub --exclude a,b stdout",
			`query{loadContainerFromID(id: ID){withDirectory(path: "/x", source: "host().directory(path: \"DIR/sub\")", exclude: ["a","b"]){stdout}}}`, "stdout"},
	} {
		t.Run(tc.args, func(t *testing.T) {
			w := newWorld(t)
			if err := os.Mkdir(filepath.Join(w.Dir, "sub"), 0o755); err != nil {
				t.Fatal(err)
			}
			if code := w.run(append([]string{"call"}, strings.Fields(tc.args)...)...); code != 0 {
				t.Fatalf("exit code %d: %s", code, &w.err)
			}
			got := w.session.queries[len(w.session.queries)-1]
			start := strings.Index(got, "(id: ") + len("(id: ")
			end := start + strings.Index(got[start:], `)"){`) + len(`)"`)
			if got = strings.ReplaceAll(got[:start]+"ID"+got[end:], w.Dir, "DIR"); got != tc.query {
				t.Errorf("asked\n%s\nwant\n%s", got, tc.query)
			}
			if !strings.HasPrefix(w.out.String(), tc.out) {
				t.Errorf("output %q, want %q", w.out.String(), tc.out)
			}
		})
	}
}

func TestArgumentsBecomeObjects(t *testing.T) {
	w := newWorld(t)
	w.env["KEY"] = "v"
	if err := os.Mkdir(filepath.Join(w.Dir, "src"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(w.Dir, "artifact.zip"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	args := "call --source src --aws-access-key-id env://KEY?cacheKey=k deploy --environment e --artifact file://artifact.zip --terraform debian:12 --providers cache"
	if code := w.run(strings.Fields(args)...); code != 0 {
		t.Fatalf("exit code %d: %s", code, &w.err)
	}
	got := strings.ReplaceAll(strings.Join(w.session.queries, "\n"), w.Dir, "DIR")
	want := `query{host{directory(path: "DIR/src", exclude: ["*","!src","!pyproject.toml"]){id}}}
query{secret(uri: "env://KEY", cacheKey: "k"){id}}
query{host{file(path: "DIR/artifact.zip"){id}}}
query{container{from(address: "debian:12"){id}}}
query{cacheVolume(key: "cache"){id}}`
	if got != want {
		t.Errorf("asked\n%s\nwant\n%s", got, want)
	}
}

func TestDefaultPathStartsAtTheRepository(t *testing.T) {
	w := newWorld(t)
	top := t.TempDir()
	if err := os.Mkdir(filepath.Join(top, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	w.ModuleDir = filepath.Join(top, "ci")
	if err := os.CopyFS(w.ModuleDir, os.DirFS(fixture)); err != nil {
		t.Fatal(err)
	}
	if code := w.run("call", "test"); code != 0 {
		t.Fatalf("exit code %d: %s", code, &w.err)
	}
	want := `query{host{directory(path: "` + top + `", exclude: ["*","!src","!pyproject.toml"]){id}}}`
	if got := w.session.queries[0]; got != want {
		t.Errorf("asked %s, want %s", got, want)
	}
}

func TestOutputFiles(t *testing.T) {
	w := newWorld(t)
	if code := w.run("call", "test", "-o", "new/dir/text"); code != 0 || w.out.String() != "hello tests" {
		t.Fatalf("exit code %d, output %q: %s", code, w.out.String(), &w.err)
	}
	path := filepath.Join(w.Dir, "new/dir/text")
	if b, err := os.ReadFile(path); err != nil || string(b) != "hello tests" {
		t.Errorf("file holds %q: %v", b, err)
	}
	if want := "Saved output to \"" + path + "\".\n"; w.err.String() != want {
		t.Errorf("said %q, want %q", w.err.String(), want)
	}
	w.session.answers["export"] = "/abs/out"
	if code := w.run("call", "test-reports", "-o", "out"); code != 0 || w.out.Len() > 0 || w.err.String() != "Saved to \"/abs/out\".\n" {
		t.Errorf("exit code %d, output %q: %s", code, w.out.String(), &w.err)
	}
	if code := w.run("call", "test", "-o", "/dev/null/x"); code != 1 || !strings.HasPrefix(w.err.String(), `Error: saving to "/dev/null/x": `) {
		t.Errorf("exit code %d: %s", code, &w.err)
	}
}

func TestFailures(t *testing.T) {
	exec := fakeError{"process \"make test\" did not complete successfully: exit code: 3",
		map[string]any{"_type": "EXEC_ERROR", "exitCode": 3, "stdout": "1 failed", "stderr": "boom"}}
	judged := fakeError{"1 of 3 tests failed", map[string]any{"_type": "EXEC_ERROR", "exitCode": 3, "stdout": "", "stderr": "", "output": "1 failed"}}
	for _, tc := range []struct {
		name, args, field string
		err               error
		code              int
		want              string
	}{
		{"module's own", "deploy --environment broken", "", nil, 1, "Error: deploying \"broken\": refused\n"},
		{"exec in the module", "fail", "stdout", exec, 3, "Error: running the tests: process \"make test\" did not complete successfully: exit code: 3\n"},
		{"exec, quiet", "-q fail", "stdout", exec, 3, "1 failed\nboom\nError: running the tests: process \"make test\" did not complete successfully: exit code: 3\n"},
		{"judged by the module, quiet", "-q fail", "stdout", judged, 3, "1 failed\nError: running the tests: 1 of 3 tests failed\n"},
		{"exec in the chain", "app-container stdout", "stdout", exec, 3, "Error: process \"make test\" did not complete successfully: exit code: 3\n"},
		{"engine", "test-reports entries", "entries", errors.New("reading\n  directory"), 1, "Error: reading; directory\n"},
		{"no exit code", "app-container stdout", "stdout", fakeError{"odd", map[string]any{"_type": "EXEC_ERROR"}}, 1, "Error: odd\n"},
		{"silly exit code", "app-container stdout", "stdout", fakeError{"odd", map[string]any{"_type": "EXEC_ERROR", "exitCode": 0}}, 1, "Error: odd\n"},
		{"argument", "test", "host", errors.New("host directory: no such directory"), 1,
			"Error: reading argument \"source\": host directory: no such directory\nRun 'pipeline call --help' for usage.\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t)
			if tc.err != nil {
				w.session.fails[tc.field] = tc.err
			}
			code := w.run(append([]string{"call"}, strings.Fields(tc.args)...)...)
			if code != tc.code || w.err.String() != tc.want || w.out.Len() > 0 {
				t.Errorf("exit code %d, want %d, output %q, errors\n%swant\n%s", code, tc.code, w.out.String(), &w.err, tc.want)
			}
			if !w.session.closed {
				t.Error("the session is still open")
			}
		})
	}
}

func TestSecretsAreScrubbed(t *testing.T) {
	w := newWorld(t)
	w.session.secret = "canary"
	w.session.answers["contents"] = "token=canary."
	out := filepath.Join(w.Dir, "saved")
	if code := w.run("call", "build-package", "contents", "-o", out); code != 0 || w.out.String() != "token=***." {
		t.Errorf("exit code %d, output %q: %s", code, w.out.String(), &w.err)
	}
	if b, err := os.ReadFile(out); err != nil || string(b) != "token=***." {
		t.Errorf("file holds %q: %v", b, err)
	}
	w.session.fails["stdout"] = fakeError{"process \"x canary\" failed", map[string]any{"_type": "EXEC_ERROR", "exitCode": 2, "stderr": "canary!"}}
	if code := w.run("call", "-s", "app-container", "stdout"); code != 2 || w.err.String() != "***!\nError: process \"x ***\" failed\n" {
		t.Errorf("exit code %d: %s", code, &w.err)
	}
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return lines[len(lines)-1]
}

// A link in the checkout is no way to write somewhere else with a result's text.
func TestOutputFollowsNoLinkOut(t *testing.T) {
	w := newWorld(t)
	target := filepath.Join(t.TempDir(), "authorized_keys")
	if err := os.WriteFile(target, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, filepath.Join(w.Dir, "deploy.env")); err != nil {
		t.Fatal(err)
	}
	if code := w.run("call", "test", "-o", "deploy.env"); code == 0 || !strings.Contains(w.err.String(), "leads out of the working directory") {
		t.Errorf("exit code %d: %s", code, w.err.String())
	}
	if text, err := os.ReadFile(target); err != nil || string(text) != "mine" {
		t.Errorf("%q, %v", text, err)
	}
}
