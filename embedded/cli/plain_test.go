package cli

import (
	"os"
	"path/filepath"
	"testing"
)

// hostile is what a command in a container may print to leave its place: colours
// stay, the rest loses its effect.
const (
	hostile = "\x1b[31mred\x1b[0m\x1b[2J\r::add-mask::x\n##vso[task.complete]\x1b]0;t\x07 section_start:1:a\r\x1b[0Kb"
	tame    = "\x1b[31mred\x1b[0m\n: :add-mask::x\n## vso[task.complete] section_start :1:a\nb"
)

func TestNothingShownChangesTheTerminalOrTheJob(t *testing.T) {
	w := newWorld(t)
	w.session.answers["contents"] = hostile
	out := filepath.Join(w.Dir, "saved")
	if code := w.run("call", "build-package", "contents", "-o", out); code != 0 || w.out.String() != tame {
		t.Errorf("result: exit code %d, %q", code, w.out.String())
	}
	if b, err := os.ReadFile(out); err != nil || string(b) != hostile {
		t.Errorf("a file is no terminal, and holds the text as it is: %q, %v", b, err)
	}
	w.session.fails["stdout"] = fakeError{"failed: " + hostile, map[string]any{"_type": "EXEC_ERROR", "exitCode": 2, "stderr": hostile}}
	want := tame + "\nError: failed: \x1b[31mred\x1b[0m; : :add-mask::x; ## vso[task.complete] section_start :1:a; b\n"
	if code := w.run("call", "-s", "app-container", "stdout"); code != 2 || w.err.String() != want {
		t.Errorf("error: exit code %d, %q, want %q", code, w.err.String(), want)
	}
}
