package generate

import (
	"cmp"
	"encoding/json"
	"fmt"
	"path"
	"strings"

	ci "dagger/pipeline/examples/ci"
)

// address is where the pipeline comes from, with a version: what the caller says, or where dagger.json says that it is installed from. It
// is "" where nobody says it, or a directory of the repository: a job that destroys an environment has no checkout.
func (w *writer) address() (string, error) {
	if isPath(w.Module) {
		return "", fmt.Errorf("reading --module: %q is a path, and jobs that destroy an environment have no checkout: give an address, such as github.com/group/pipeline@%s", w.Module, ci.Version)
	}
	if w.Module != "" {
		return pinned(w.Module, ci.Version), nil
	}
	text, there, err := w.source.Text("dagger.json")
	if err != nil || !there {
		return "", err
	}
	type module struct{ Name, Source, Pin string }
	var config struct{ Toolchains, Dependencies []module }
	if err := json.Unmarshal([]byte(text), &config); err != nil {
		return "", fmt.Errorf("reading dagger.json: %w", err)
	}
	for _, m := range append(config.Toolchains, config.Dependencies...) {
		name, _, _ := strings.Cut(path.Base(m.Source), "@")
		if !isPath(m.Source) && (m.Name == "pipeline" || strings.TrimSuffix(name, ".git") == "pipeline") {
			return pinned(m.Source, cmp.Or(m.Pin, ci.Version)), nil
		}
	}
	return "", nil
}

// pinned is an address with a version.
func pinned(address, version string) string {
	if strings.Contains(path.Base(address), "@") {
		return address
	}
	return address + "@" + version
}

// isPath tells a directory from an address, which begins with a host.
func isPath(address string) bool {
	first, _, _ := strings.Cut(address, "/")
	return address != "" && (first == "." || first == ".." || !strings.ContainsAny(first, ".:@"))
}

// include is how a GitLab project includes the component of the pipeline at an address. GitHub has no components: there it is a file.
func include(module string) string {
	at := strings.LastIndex(module, "@")
	repository, version := strings.TrimSuffix(module[:at], ".git"), module[at+1:]
	if _, rest, ok := strings.Cut(repository, "://"); ok {
		repository = rest
	}
	if _, rest, ok := strings.Cut(repository, "@"); ok { // a user
		repository = strings.Replace(rest, ":", "/", 1)
	}
	if rest, ok := strings.CutPrefix(repository, "github.com/"); ok {
		return "remote: https://raw.githubusercontent.com/" + rest + "/" + version + "/templates/pipeline.yml"
	}
	return "component: " + repository + "/pipeline@" + version
}
