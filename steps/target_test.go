package steps

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What make itself knows as a target counts, however it is written; a rule for
// anything does not.
func TestHasTarget(t *testing.T) {
	python, err := filepath.Abs("python")
	if err != nil {
		t.Fatal(err)
	}
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
	} {
		dir := t.TempDir()
		for name, text := range map[string]string{"Makefile": test.makefile, "more.mk": "test:\n\techo hi\n"} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		run := exec.Command("python3", "-B", "-c", "import sys; sys.path.insert(0, sys.argv[1]); import command; print(command.has_target('test'))", python)
		run.Dir = dir
		out, err := run.CombinedOutput()
		if got := strings.TrimSpace(string(out)); err != nil || got != map[bool]string{true: "True", false: "False"}[test.want] {
			t.Errorf("%q: %s, %v, want %v", test.makefile, got, err, test.want)
		}
	}
}
