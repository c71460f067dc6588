package steps

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A saved plan is applied only if it was made with the key itself: whoever knows the
// key's public part can encrypt another one, with a fingerprint that fits.
func TestSavedPlanIsSealed(t *testing.T) {
	const key, files = "AGE-SECRET-KEY-1OWN", "tfplan fingerprint.json changes.json summary.json"
	for name, tt := range map[string]struct {
		forge   string // what happens to the plan in its bundle
		with    string // the key that it is applied with
		applied bool
	}{
		"as it was made":          {"", key + "\n", true},
		"the key with comments":   {"", "# created: today\n# public key: age1own\n" + key, true},
		"another plan":            {"echo evil > tfplan", key, false},
		"another fingerprint":     {"echo '{}' > fingerprint.json", key, false},
		"no seal":                 {"rm seal", key, false},
		"sealed with another key": {"{ printf AGE-SECRET-KEY-1OTHER; sha256sum " + files + "; } | sha256sum > seal", key, false},
		"sealed with no key":      {"sha256sum " + files + " | sha256sum > seal", key, false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			writeFile(t, filepath.Join(dir, "bin/age"), "#!/bin/sh\ncase $1 in --encrypt) cat > \"$5\" ;; *) cat \"$4\" ;; esac\n")
			writeFile(t, filepath.Join(dir, "bin/age-keygen"), "#!/bin/sh\necho age1own\n")
			for _, file := range strings.Fields(files) {
				writeFile(t, filepath.Join(dir, "made", file), "{}")
			}
			writeFile(t, filepath.Join(dir, "key"), key+"\n")
			if _, stderr, code := runScript(t, dir, "", []string{"PLAN_KEY_FILE=" + dir + "/key"}, "plan.sh", "bundle", "made", "plan.age"); code != 0 {
				t.Fatal(stderr)
			}
			c := exec.Command("sh", "-ec", "mkdir forged; tar -C forged -xf plan.age; (cd forged; "+tt.forge+"\n); tar -C forged -cf plan.age $(ls forged)")
			c.Dir = dir
			if out, err := c.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			writeFile(t, filepath.Join(dir, "key"), tt.with)
			// The plan that is made for the comparison is the first that terraform hears of.
			_, stderr, code := runScript(t, dir, "touch asked; exit 1\n", []string{"PLAN_KEY_FILE=" + dir + "/key"}, "plan.sh", "apply", "plan.age", "now")
			_, err := os.Stat(filepath.Join(dir, "asked"))
			if code == 0 || (err == nil) != tt.applied || strings.Contains(stderr, "make a new plan") == tt.applied {
				t.Errorf("code %d, compared: %v, %q", code, err == nil, stderr)
			}
		})
	}
}
