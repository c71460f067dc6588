package rootmodule

import (
	"bytes"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// BackendFile is a file that says more of the declared backend: one for
// terraform init -backend-config, or a script that calls it.
type BackendFile struct {
	Path string
	// Config are its arguments; nil where the file is a script.
	Config map[string]string
}

// ownKey marks the lines of a script that take the state's place from the pipeline.
var ownKey = []byte("TF_STATE_KEY")

// backendFiles looks for them in the root module, and in the directories beside
// and above it that have them by custom.
func (r *reader) backendFiles() error {
	dirs := []string{r.root, path.Dir(r.root), "."}
	for _, dir := range dirs[:2] {
		entries, err := fs.ReadDir(r.source, dir)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if name := strings.ToLower(e.Name()); e.IsDir() && slices.ContainsFunc([]string{"backend", "config", "env", "script", "ci", "tfbackend", "state"},
				func(start string) bool { return strings.HasPrefix(name, start) }) {
				dirs = append(dirs, path.Join(dir, e.Name()))
			}
		}
	}
	slices.Sort(dirs)
	found := map[string]BackendFile{}
	for _, dir := range slices.Compact(dirs) {
		entries, err := fs.ReadDir(r.source, dir)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if e.IsDir() || !mayConfigure(e.Name()) {
				continue
			}
			name := path.Join(dir, e.Name())
			data, err := fs.ReadFile(r.source, name)
			if err != nil {
				return err
			}
			if f, ok := backendFile(name, data); ok {
				found[name] = f
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		r.out.Backend.Files = append(r.out.Backend.Files, found[name])
	}
	return nil
}

// mayConfigure tells by its name whether a file may say more of a backend.
func mayConfigure(name string) bool {
	switch path.Ext(name) {
	case ".tfbackend", ".hcl", ".sh":
		return name != ".terraform.lock.hcl"
	}
	return slices.Contains([]string{"Makefile", "makefile", "GNUmakefile", "justfile", "Taskfile.yml", ".gitlab-ci.yml"}, name)
}

func backendFile(name string, data []byte) (BackendFile, bool) {
	if ext := path.Ext(name); ext == ".tfbackend" || ext == ".hcl" {
		config := Values(name, data)
		for _, argument := range []string{"bucket", "key", "address", "path", "prefix", "organization", "container_name", "workspace_key_prefix"} {
			if config[argument] != "" {
				return BackendFile{Path: name, Config: config}, true
			}
		}
		return BackendFile{}, false
	}
	for line := range bytes.Lines(data) {
		if bytes.Contains(line, []byte("-backend-config")) && !bytes.Contains(data, ownKey) || bytes.Contains(line, []byte("TF_CLI_ARGS_init")) {
			return BackendFile{Path: name}, true
		}
	}
	return BackendFile{}, false
}
