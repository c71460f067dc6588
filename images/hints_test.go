package images

import (
	"testing"

	"dagger/pipeline/tell"
)

// The last line of a failure is its error, not what a package manager says after it.
func TestHintsAreNotTheError(t *testing.T) {
	for name, output := range map[string]string{
		"Poetry":            "the error\n\nYou can also run your poetry command with -v to see more information.\n",
		"pip":               "the error\n\n[notice] A new release of pip is available: 24.0 -> 25.0\n[notice] To update, run: pip install --upgrade pip\n",
		"a build of pip's":  "the error\n\nnote: This error originates from a subprocess, and is likely not a problem with pip.\n",
		"uv":                "the error\n\nhint: `x` was included because `y` depends on it\n",
		"Poetry's own code": "the error\n\n  at /opt/python-tools/lib/python3.12/site-packages/poetry/x.py:56 in run\n       52│ \n       53│     def run(self):\n",
		"nothing more":      "something\nthe error\n",
	} {
		if got := tell.LastLine(WithoutHints(output)); got != "the error" {
			t.Errorf("%s: %q", name, got)
		}
	}
}
