package rootmodule

import (
	"bytes"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// BackendFile is a file that completes the declared backend: one for
// terraform init -backend-config, or a script that calls it.
type BackendFile struct {
	Path string
	// Config are its arguments; nil if the file is a script.
	Config map[string]string
}

// ownKey marks the lines of a script that take the state's place from the pipeline.
var ownKey = []byte("TF_STATE_KEY")

// ciDirs are where CI systems have their files.
var ciDirs = []string{".github/workflows", ".circleci", ".buildkite", ".gitlab", ".gitlab/ci", ".azuredevops", ".woodpecker"}

// backendFiles looks for them in the root module, and in the directories beside
// and above it that have them by custom.
func (r *reader) backendFiles() error {
	dirs, err := r.otherDirs()
	if err != nil {
		return err
	}
	found := map[string]BackendFile{}
	for _, dir := range dirs {
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
			if f, ok := r.backendFile(name, data); ok {
				found[name] = f
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		r.out.Backend.Files = append(r.out.Backend.Files, found[name])
	}
	return nil
}

// otherDirs are the directories with files by which Terraform is run in another way.
func (r *reader) otherDirs() ([]string, error) {
	dirs := []string{r.root, path.Dir(r.root), "."}
	for _, dir := range dirs[:2] {
		more, err := r.settingsDirs(dir)
		if err != nil {
			return nil, err
		}
		dirs = append(dirs, more...)
	}
	for _, dir := range ciDirs {
		if _, err := fs.Stat(r.source, dir); err == nil {
			dirs = append(dirs, dir)
		}
	}
	slices.Sort(dirs)
	return slices.Compact(dirs), nil
}

// How directories begin that have settings, which may be in one for each environment, and
// those with scripts.
var (
	settingsDirs = []string{"backend", "config", "env", "tfbackend", "state", "tfvars", "vars"}
	scriptDirs   = []string{"script", "ci", "deploy", "bin", "tools"}
)

// settingsDirs are those in a directory. What is a root module by itself has its own.
func (r *reader) settingsDirs(dir string) (out []string, err error) {
	entries, err := fs.ReadDir(r.source, dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		starts := func(start string) bool { return strings.HasPrefix(strings.ToLower(e.Name()), start) }
		at, settings := path.Join(dir, e.Name()), slices.ContainsFunc(settingsDirs, starts)
		if !e.IsDir() || !settings && !slices.ContainsFunc(scriptDirs, starts) {
			continue
		}
		if out = append(out, at); !settings {
			continue
		}
		inner, err := fs.ReadDir(r.source, at)
		if err != nil {
			return nil, err
		}
		for _, e := range inner {
			if !e.IsDir() || strings.HasPrefix(e.Name(), ".") {
				continue
			}
			files, err := fs.ReadDir(r.source, path.Join(at, e.Name()))
			if err != nil {
				return nil, err
			}
			if !slices.ContainsFunc(files, func(e fs.DirEntry) bool { return Configures(e.Name()) }) {
				out = append(out, path.Join(at, e.Name()))
			}
		}
	}
	return out, nil
}

// mayConfigure tells by its name whether a file may say more of a backend.
func mayConfigure(name string) bool {
	return name != ".terraform.lock.hcl" && (hasArguments(name) || isScript(name))
}

func hasArguments(name string) bool {
	return slices.Contains([]string{".tfbackend", ".hcl", ".tfvars", ".conf", ".config", ".backend"}, path.Ext(name))
}

func isScript(name string) bool {
	name = strings.ToLower(name)
	return slices.Contains([]string{".sh", ".bash", ".mk", ".yml", ".yaml"}, path.Ext(name)) || strings.HasPrefix(name, "jenkinsfile") ||
		slices.Contains([]string{"makefile", "gnumakefile", "justfile", ".justfile", "package.json", "tox.ini", "noxfile.py", "tasks.py", "fabfile.py", "mise.toml"}, name)
}

// arguments are those of backends that say where a state is, and the others of S3.
var arguments = []string{
	"bucket", "key", "address", "path", "prefix", "organization", "container_name", "workspace_key_prefix",
	"region", "encrypt", "use_lockfile", "dynamodb_table", "kms_key_id", "role_arn", "profile", "acl", "assume_role", "endpoints", "use_path_style", "allowed_account_ids",
}

const places = 8 // the first ones of them

func (r *reader) backendFile(name string, data []byte) (BackendFile, bool) {
	if hasArguments(name) {
		config := Values(name, data)
		where := arguments[:places]
		if r.out.Backend.Type == "s3" {
			where = []string{"bucket", "key", "workspace_key_prefix"}
		}
		for argument := range config {
			_, variable := r.out.Variables[argument]
			if ext := path.Ext(name); ext != ".tfbackend" && ext != ".hcl" && (variable || !slices.Contains(arguments, argument)) {
				return BackendFile{}, false // it is of something else
			}
		}
		return BackendFile{Path: name, Config: config}, slices.ContainsFunc(where, func(argument string) bool { return config[argument] != "" })
	}
	for line := range bytes.Lines(data) {
		if bytes.Contains(line, []byte("-backend-config")) && !bytes.Contains(data, ownKey) || bytes.Contains(line, []byte("TF_CLI_ARGS_init")) {
			return BackendFile{Path: name}, true
		}
	}
	return BackendFile{}, false
}

// generators are the files of tools that write backends.
var generators = []string{"terragrunt.hcl", "terragrunt.hcl.json", "root.hcl", "terramate.tm.hcl", "stack.tm.hcl", "atmos.yaml", "cdktf.json"}

// generator is the nearest of them, in the root module or above.
func (r *reader) generator() string {
	for dir := r.root; ; dir = path.Dir(dir) {
		entries, err := fs.ReadDir(r.source, dir)
		for _, e := range entries {
			if err == nil && slices.Contains(generators, e.Name()) {
				return path.Join(dir, e.Name())
			}
		}
		if dir == "." {
			return ""
		}
	}
}
