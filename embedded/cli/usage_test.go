package cli

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestUsageErrors(t *testing.T) {
	for _, tc := range []struct{ args, want, help string }{
		{"cal", `unknown command "cal" for "pipeline": did you mean "call"?`, "pipeline"},
		{"xyz", `unknown command "xyz" for "pipeline"`, "pipeline"},
		{"--nope call test", "unknown flag: --nope", "pipeline"},
		{"call", "no function given", "pipeline call"},
		{"call tst", `unknown command "tst" for "pipeline call": did you mean "test"?`, "pipeline call"},
		{"call build", `unknown command "build" for "pipeline call": did you mean "build-package"?`, "pipeline call"},
		{"call zzz", `unknown command "zzz" for "pipeline call"`, "pipeline call"},
		{"call --nope test", "unknown flag: --nope", "pipeline call"},
		{"call test --nope", "unknown flag: --nope", "pipeline call test"},
		{"call deploy --envronment x", "unknown flag: --envronment: did you mean --environment?", "pipeline call deploy"},
		{"call deploy -x", "unknown shorthand flag: 'x' in -x", "pipeline call deploy"},
		{"call deploy", `required flag(s) "environment" not set`, "pipeline call deploy"},
		{"call deploy --environment", "flag needs an argument: --environment", "pipeline call deploy"},
		{"call deploy --environment e --attempts x", `invalid argument "x" for "--attempts" flag: "x" is not a valid integer`, "pipeline call deploy"},
		{"call deploy --environment e --dry-run=x", `invalid argument "x" for "--dry-run" flag: "x" is not a valid boolean: want true or false`, "pipeline call deploy"},
		{"call deploy --environment e --detail x", `invalid argument "x" for "--detail" flag: value should be one of LONG,SHORT`, "pipeline call deploy"},
		{"call test extra", `unknown command "extra" for "pipeline call test"`, "pipeline call test"},
		{"call test-reports file contents", `required flag(s) "path" not set`, "pipeline call test-reports file"},
		{"call test-reports terminal", `unknown command "terminal" for "pipeline call test-reports": the embedded engine has no such function of a Directory: see --help, or use dagger`, "pipeline call test-reports"},
		{"call test-reports entry", `unknown command "entry" for "pipeline call test-reports": the embedded engine has no such function of a Directory: see --help, or use dagger`, "pipeline call test-reports"},
		{"call test-reports exports", `unknown command "exports" for "pipeline call test-reports": did you mean "export"?`, "pipeline call test-reports"},
		{"call app-container node --id x", `unknown command "node" for "pipeline call app-container": the embedded engine has no such function of a Container: see --help, or use dagger`, "pipeline call app-container"},
		{"call --progress loud test", `unknown progress type "loud": want auto, plain or tty`, "pipeline call"},
		{"call test -m", "flag needs an argument: -m", "pipeline call"},
		{"call -m github.com/x/y test", `loading module "github.com/x/y": the embedded engine loads local modules only: check it out, or use dagger`, ""},
		{"call --source nope test", `reading argument "source": no directory "nope": no such file or directory`, "pipeline call"},
		{"call --source dir/file test", `reading argument "source": "dir/file" is a file: want a directory`, "pipeline call"},
		{"call --source https://host/x test", `reading argument "source": "https://host/x" is not on this machine: the embedded engine reads local paths: check it out, or use dagger`, "pipeline call"},
		{"call deploy --environment e --artifact nope", `reading argument "artifact": no file "nope": no such file or directory`, "pipeline call deploy"},
		{"call deploy --environment e --artifact dir", `reading argument "artifact": "dir" is a directory: want a file`, "pipeline call deploy"},
		{"call deploy --environment e --artifact=", `reading argument "artifact": an empty value names no File`, "pipeline call deploy"},
		{"functions nope", `no function "nope" in type "Pipeline"`, ""},
		{"functions test more", `function "test" returns type "String" with no further functions available`, ""},
		{"engine", "want one of build, status, stop, prune", "pipeline engine"},
		{"engine stat", `unknown command "stat" for "pipeline engine": did you mean "status"?`, "pipeline engine"},
		{"engine --nope", "unknown flag: --nope", "pipeline engine"},
		{"bindings x", `unexpected argument "x"`, "pipeline bindings"},
	} {
		t.Run(tc.args, func(t *testing.T) {
			w := newWorld(t)
			if err := os.Mkdir(filepath.Join(w.Dir, "dir"), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(w.Dir, "dir", "file"), nil, 0o644); err != nil {
				t.Fatal(err)
			}
			code := w.run(strings.Fields(tc.args)...)
			want := "Error: " + tc.want + "\n"
			if tc.help != "" {
				want += "Run '" + tc.help + " --help' for usage.\n"
			}
			if got := w.err.String(); got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
			if code != 1 || w.out.Len() > 0 {
				t.Errorf("exit code %d, output %q", code, w.out.String())
			}
			if w.session.server != nil {
				t.Error("the module was called")
			}
		})
	}
}

func TestModuleErrors(t *testing.T) {
	w := newWorld(t)
	w.ModuleDir = ""
	if code := w.run("functions"); code != 1 || !strings.Contains(w.err.String(), "no dagger.json in") {
		t.Errorf("exit code %d: %s", code, &w.err)
	}
	if code := w.run("call", "-m", "nowhere", "test"); code != 1 || !strings.Contains(w.err.String(), "-m") {
		t.Errorf("exit code %d: %s", code, &w.err)
	}
	for _, args := range [][]string{{"-m", fixture, "functions"}, {"functions", "--mod", fixture}, {"functions", "-m" + fixture}} {
		if code := w.run(args...); code != 0 || !strings.Contains(w.out.String(), "test-reports") {
			t.Errorf("%q: exit code %d: %s", args, code, &w.err)
		}
	}
	w.env["DAGGER_MODULE"] = fixture
	if code := w.run("functions"); code != 0 {
		t.Errorf("DAGGER_MODULE: exit code %d: %s", code, &w.err)
	}
}

func TestEngineCommands(t *testing.T) {
	w := newWorld(t)
	for _, tc := range []struct{ args, call, out string }{
		{"engine status", "status", "running\n"},
		{"engine build", "build", ""},
		{"engine stop", "stop", ""},
		{"engine prune", "prune", "freed 1.235 MB\n"},
		{"engine prune --all", "prune all", "freed 1.235 MB\n"},
	} {
		w.engine.calls = nil
		if code := w.run(strings.Fields(tc.args)...); code != 0 || w.out.String() != tc.out {
			t.Errorf("%s: exit code %d, output %q", tc.args, code, w.out.String())
		}
		if strings.Join(w.engine.calls, ",") != tc.call {
			t.Errorf("%s: calls %q", tc.args, w.engine.calls)
		}
	}
	w.engine.err = errors.New("no engine")
	for _, name := range []string{"status", "stop", "prune"} {
		if code := w.run("engine", name); code != 1 || w.err.String() != "Error: no engine\n" {
			t.Errorf("%s: exit code %d: %s", name, code, &w.err)
		}
	}
}

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{0: "0 B", 999: "999 B", 1000: "1 kB", 1_234_567: "1.235 MB", 5_000_000_000: "5 GB", 7e12: "7 TB"} {
		if got := Size(n); got != want {
			t.Errorf("Size(%d) = %q, want %q", n, got, want)
		}
	}
}
