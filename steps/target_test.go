package steps

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Whatever make itself knows as a target counts, however it is written; a catch-all rule
// does not.
func TestHasTarget(t *testing.T) {
	for _, test := range []struct {
		makefile string
		want     bool
	}{
		{"test:\n\techo hi\n", true},
		{"test::\n\techo hi\n", true},
		{"include more.mk\n", true},
		{"te%:\n\techo hi\n", true},
		{".PHONY: test\ntest:\n\techo hi\n%:\n\t@:\n", true},
		{"test: unit\nunit:\n\techo hi\n%:\n\t@:\n", true},
		{"run:\n\techo $(filter-out $@,$(MAKECMDGOALS))\n%:\n\t@:\n", false},
		{"all: test\n%:\n\t@:\n", false},
		{".DEFAULT:\n\techo hi\n", false},
		{"test := 3\nbuild:\n\techo hi\n", false},
		{"tests:\n\techo hi\n", false},
		{"no rule\n", true}, // make says what is wrong
		{"test: | unit\nunit:\n\techo hi\n%:\n\t@:\n", true},
		{"all: more.mk\n%: more.mk\n\t@:\n", false},
	} {
		hasTarget(t, test.makefile, test.want, map[string]string{"more.mk": "test:\n\techo hi\n"})
		// Files beside it that make has rules of its own for are no target.
		hasTarget(t, test.makefile, test.want, map[string]string{"more.mk": "test:\n\techo hi\n", "test.sh": "exit 1\n", "test.c": "", "test.o": ""})
	}
	hasTarget(t, "test:\n", false, map[string]string{"test.c": ""}) // it has no command but make's own
	for beside, makefile := range map[string]string{
		"scripts/test.sh": "%: scripts/%.sh\n\tsh $<\n", "test.x": ".SUFFIXES: .x\n.x:\n\tcp $< $@\n",
	} {
		hasTarget(t, makefile, true, map[string]string{beside: "exit 1\n"})
	}
	hasTarget(t, "test lint: %: %.sh\n\tsh $<\n", true, map[string]string{"test.sh": "exit 1\n"})
}

func hasTarget(t *testing.T, makefile string, want bool, beside map[string]string) {
	t.Helper()
	python, err := filepath.Abs("python")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	beside["Makefile"] = makefile
	for name, text := range beside {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run := exec.Command("python3", "-B", "-c", "import sys; sys.path.insert(0, sys.argv[1]); import command; print(command.has_target('test'))", python)
	run.Dir = dir
	out, err := run.CombinedOutput()
	delete(beside, "Makefile")
	if got := strings.TrimSpace(string(out)); err != nil || got != map[bool]string{true: "True", false: "False"}[want] {
		t.Errorf("%q beside %v: %s, %v, want %v", makefile, beside, got, err, want)
	}
}

// A target that make takes for made runs nothing, and a silent make does not say so.
func TestIdleTarget(t *testing.T) {
	python, err := filepath.Abs("python")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		makefile, directory string
		want                bool
	}{
		{"MAKEFLAGS += --silent\ntest:\n\t@exit 1\n", "test", true},
		{"MAKEFLAGS += -s\ntest: tests\ntests:\n\tpytest\n", "tests", true},
		{"test:\n\tpytest\n", "test", true},
		{"MAKEFLAGS += --silent\n.PHONY: test\ntest:\n\t@exit 1\n", "test", false},
		{"MAKEFLAGS += --silent\ntest:\n\t@exit 1\n", "tests", false},
		{"test:\n\t-$(MAKE) unit\nunit:\n\tpytest\n", "tests", false}, // make runs that line to find out
		{"test: unit\n.PHONY: unit\nunit:\n\t@:\n", "unit", false},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "Makefile"), []byte(test.makefile), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(filepath.Join(dir, test.directory), 0o700); err != nil {
			t.Fatal(err)
		}
		run := exec.Command("python3", "-B", "-c", "import sys; sys.path.insert(0, sys.argv[1]); import command\ntry:\n  print(command.chosen('', 'test', ['pytest']))\nexcept command.Refused as e:\n  print('refused:', e)", python)
		run.Dir = dir
		out, err := run.CombinedOutput()
		if got := strings.Contains(string(out), "refused: the Makefile has no command"); err != nil || got != test.want {
			t.Errorf("%q beside %s: %s, %v", test.makefile, test.directory, out, err)
		}
	}
}
