package rootmodule

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
)

// passes is how a line gives Terraform a variable: TF_VAR_memory, -var memory=1.
var passes = regexp.MustCompile(`\bTF_VAR_(\w+)|\s-var[\s=]+\\?["']?(\w+)=`)

// Passed are the variables that a script or the file of a CI system gives Terraform for a
// root module, with the first line that does. What cannot be read has none.
func Passed(source fs.FS, root string) map[string]string {
	r := &reader{source: source, root: path.Clean(root)}
	dirs, _ := r.otherDirs()
	out := map[string]string{}
	for _, dir := range dirs {
		entries, _ := fs.ReadDir(source, dir)
		for _, e := range entries {
			if e.IsDir() || !isScript(e.Name()) && e.Name() != ".envrc" {
				continue
			}
			name := path.Join(dir, e.Name())
			text, _ := fs.ReadFile(source, name)
			for i, line := range strings.Split(string(text), "\n") {
				if strings.HasPrefix(strings.TrimSpace(line), "#") {
					continue
				}
				for _, m := range passes.FindAllStringSubmatch(line, -1) {
					if variable := m[1] + m[2]; out[variable] == "" {
						out[variable] = fmt.Sprintf("%s line %d", name, i+1)
					}
				}
			}
		}
	}
	return out
}
