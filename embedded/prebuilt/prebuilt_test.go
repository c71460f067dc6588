package prebuilt

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const sums = `ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  engine/v1/buildkitd
ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  ./modules/module-1
`

func release(t *testing.T, change func(root string)) (top string) {
	t.Helper()
	top = t.TempDir()
	root := filepath.Join(top, "prebuilt")
	for name, text := range map[string]string{"SHA256SUMS": sums, "engine/v1/buildkitd": "abc", "modules/module-1": "abc"} {
		write(t, filepath.Join(root, name), text)
	}
	change(root)
	return top
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}

func TestFind(t *testing.T) {
	whole := func(string) {}
	for name, tt := range map[string]struct {
		change     func(root string)
		find, want string // want begins with ! where it is an error
	}{
		"directory":         {whole, "engine/v1", "engine/v1"},
		"program":           {whole, "modules/module-1", "modules/module-1"},
		"of other sources":  {whole, "engine/v2", ""},
		"changed":           {func(root string) { write(t, root+"/engine/v1/buildkitd", "abd") }, "engine/v1", "!engine/v1/buildkitd is not what SHA256SUMS says"},
		"cut off":           {func(root string) { write(t, root+"/modules/module-1", "ab") }, "modules/module-1", "!is not what"},
		"added":             {func(root string) { write(t, root+"/engine/v1/runc", "abc") }, "engine/v1", "!engine/v1/runc is not part of the release"},
		"link":              {func(root string) { _ = os.Symlink("buildkitd", root+"/engine/v1/uplink") }, "engine/v1", "!engine/v1/uplink is not part of the release"},
		"without checksums": {func(root string) { _ = os.Remove(root + "/SHA256SUMS") }, "engine/v1", "!no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			top := release(t, tt.change)
			got, err := Find(top, tt.find)
			want := tt.want
			if want != "" && want[0] != '!' {
				want = filepath.Join(top, "prebuilt", want)
			}
			switch fault, fails := strings.CutPrefix(want, "!"); {
			case fails && (got != "" || err == nil || !strings.Contains(err.Error(), fault) || !strings.HasSuffix(err.Error(), "unpack the release again")):
				t.Errorf("%q, %v, want %q", got, err, fault)
			case !fails && (err != nil || got != want):
				t.Errorf("%q, %v, want %q", got, err, want)
			}
		})
	}
}
