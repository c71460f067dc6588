package images

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What a link leads to is in its place in a directory that is packed. A module that is not
// there is refused, wherever it is imported; what is no module is told of.
func TestFollowLinks(t *testing.T) {
	for name, test := range map[string]struct {
		links map[string]string // of service
		code  string
		there []string // regular files of service then
		said  string   // "" for nothing
		fails bool
	}{
		"a directory":             {links: map[string]string{"common": "../libs/common", "app/more": "../../libs/common"}, code: "import common\n", there: []string{"common/db.py", "app/more/db.py"}},
		"a file":                  {links: map[string]string{"db.py": "../libs/common/db.py"}, there: []string{"db.py"}},
		"what it is in":           {links: map[string]string{"app/up": "..", "all": "../.."}},
		"nothing, imported":       {links: map[string]string{"gone": "../libs/gone"}, code: "import os, gone\n", said: `gone is a link to ../libs/gone, which is not there: name that path in [tool.pipeline.test], as in variables = { PYTHONPATH = "../libs/gone" }`, fails: true},
		"a file, imported":        {links: map[string]string{"app/gone.py": "../../libs/gone.py"}, code: "from .gone import x\n", said: "app/gone.py is a link to ../libs/gone.py", fails: true},
		"imported in more lines":  {links: map[string]string{"app/gone": "../../libs/gone"}, code: "from app import (\n    gone,\n)\n", said: "app/gone is a link", fails: true},
		"nothing, not imported":   {links: map[string]string{"gone": "../libs/gone"}, code: "# gone\nimport gone_too\n", said: "pipeline: note: gone is a link to ../libs/gone, which is not there"},
		"nothing, in the project": {links: map[string]string{"gone": "app/gone"}, code: "import gone\n", said: "gone is a link to app/gone, which is not there: mend it", fails: true},
		"no module":               {links: map[string]string{"LICENSE.txt": "../LICENSE.txt", ".hidden": "../x"}, said: "note: LICENSE.txt is a link"},
		"what is not packed":      {links: map[string]string{".hidden": "../x", "tests": "../x"}, code: "import tests\n"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for file, text := range map[string]string{"service/app/a.py": test.code, "service/b.py": "", "libs/common/db.py": ""} {
				if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(file)), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			for link, to := range test.links {
				if err := os.Symlink(to, filepath.Join(dir, "service", link)); err != nil {
					t.Fatal(err)
				}
			}
			service := filepath.Join(dir, "service")
			out, err := exec.Command("python3", "-c", followLinks, service, service).CombinedOutput()
			if (err != nil) != test.fails || !strings.Contains(string(out), test.said) || test.said == "" && len(out) > 0 {
				t.Errorf("%v: %s, want %q", err, out, test.said)
			}
			for _, file := range test.there {
				for at := filepath.Join(service, file); at != service; at = filepath.Dir(at) {
					if info, err := os.Lstat(at); err != nil || info.Mode()&os.ModeSymlink != 0 {
						t.Errorf("%s is not there, or a link: %v, %v", at, info, err)
					}
				}
			}
		})
	}
}
