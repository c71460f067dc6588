package daemon

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A container that ends while runc looks at it is no reason to give up; any other failure is.
func TestListGoesOnWhereAContainerEnds(t *testing.T) {
	for says, asks := range map[string]int{"stat " + runcRoot + "/x: no such file or directory": 2, "permission denied": 1} {
		dir := t.TempDir()
		runc := filepath.Join(dir, "runc")
		script := "#!/bin/sh\necho >> " + dir + "/asked\n[ $(wc -l < " + dir + "/asked) = 2 ] && echo '[]' && exit 0\necho '" + says + "' >&2\nexit 1\n"
		if err := os.WriteFile(runc, []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
		out, err := list(t.Context(), runc)
		if asks == 1 && err == nil || asks == 2 && (err != nil || string(out) != "[]\n") {
			t.Errorf("%s: %q, %v", says, out, err)
		}
		asked, _ := os.ReadFile(filepath.Join(dir, "asked"))
		if got := strings.Count(string(asked), "\n"); got != asks {
			t.Errorf("%s: asked %d times, want %d", says, got, asks)
		}
	}
}
