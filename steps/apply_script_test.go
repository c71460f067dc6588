package steps

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Whatever happens to Terraform's output, its exit code, its error and the state that it
// could not write are never lost.
func TestApplyScriptLosesNothing(t *testing.T) {
	const begins = `{"@message":"test_thing.orders: Creating...","type":"apply_start","hook":{"resource":{"addr":"test_thing.orders"},"action":"create"}}`
	const fails = `{"@message":"Error: no","type":"diagnostic","diagnostic":{"severity":"error","summary":"the state was refused","detail":""}}`
	for name, tt := range map[string]struct {
		says    string
		secret  string
		journal string // a directory in the way of the journal
		ends    string
		kept    bool // of what terraform has begun
	}{
		"a secret in the address that comes last": {says: fails + "\n" + begins, secret: "orders", ends: "exit 1"},
		"no journal can be written":               {says: fails + "\n" + begins, journal: "r.log", ends: "exit 1"},
		"bytes that are no text":                  {says: "\\001\\377\\000\n" + fails + "\n" + begins, ends: "exit 1"},
		"terraform is killed":                     {says: fails + "\n" + begins, ends: "kill -9 $PPID; kill -9 $$", kept: true},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if tt.journal != "" {
				writeFile(t, filepath.Join(dir, tt.journal, "in-the-way"), "")
			}
			writeFile(t, filepath.Join(dir, "memory/code"), "0") // of an earlier run
			writeFile(t, filepath.Join(dir, "values/one"), tt.secret)
			terraform := "[ \"$1\" = apply ] || exit 1\necho '{\"version\":4,\"serial\":1,\"resources\":[]}' > errored.tfstate\nprintf '" + strings.ReplaceAll(tt.says, "\n", "\\n") + "\\n'\n" + tt.ends + "\n"
			_, stderr, code := runScript(t, dir, terraform, nil, "apply.sh", "apply", "-auto-approve")
			if code != 1 {
				t.Errorf("code %d, want 1", code)
			}
			if noted, _ := os.ReadFile(filepath.Join(dir, "r.log")); tt.kept != strings.Contains(string(noted), "test_thing.orders") {
				t.Errorf("what terraform had begun is kept: %q, want %v", noted, tt.kept)
			}
			for _, want := range []string{"the state was refused", "Error: state not written"} {
				if !strings.Contains(stderr, want) {
					t.Errorf("%q is not said:\n%s", want, stderr)
				}
			}
		})
	}
}
