package steps

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Only somebody who has the state can make the engine forget it.
func TestErroredStateIsForgottenByItsSum(t *testing.T) {
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte("sealed")))
	for name, test := range map[string]struct {
		drop string
		code int
		kept bool
	}{
		"given":       {"", 0, true},
		"forgotten":   {sum, 0, false},
		"another one": {sum[1:] + "0", 3, true},
	} {
		kept, out := filepath.Join(t.TempDir(), "kept"), filepath.Join(t.TempDir(), "out")
		if err := os.WriteFile(kept, []byte("sealed"), 0o600); err != nil {
			t.Fatal(err)
		}
		c := exec.Command("sh", "scripts/errored-state.sh", kept, out, test.drop)
		_ = c.Run()
		if got := c.ProcessState.ExitCode(); got != test.code {
			t.Errorf("%s: exit code %d, want %d", name, got, test.code)
		}
		if _, err := os.Stat(kept); test.kept != (err == nil) {
			t.Errorf("%s: still kept: %v", name, err)
		}
		if got, err := os.ReadFile(out); err != nil || string(got) != "sealed" {
			t.Errorf("%s: gave %q, %v", name, got, err)
		}
	}
}
