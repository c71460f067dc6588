package images

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"dagger/pipeline/project"
	"dagger/pipeline/tell"
)

// pylockGroups are the groups that tests need, which may have a file of their own beside
// pylock.toml: what is deployed does not get them.
var pylockGroups = []string{"dev", "test"}

// pylockNames are pylock.toml and the files beside it for a use of the project.
func (f found) pylockNames(use project.Use) []string {
	names := []string{"pylock.toml"}
	for _, group := range pylockGroups {
		name := "pylock." + group + ".toml"
		if use == project.ForTests && slices.Contains(f.names, name) && !slices.Contains(f.Settings.WithoutGroups, group) {
			names = append(names, name)
		}
	}
	return names
}

// pylocks reads them.
func (a App) pylocks(ctx context.Context, f found, use project.Use) (out []project.Pylock, err error) {
	for _, name := range f.pylockNames(use) {
		text, err := a.Source.File(path.Join(f.lockDir, name)).Contents(ctx)
		if err != nil {
			return nil, err
		}
		parsed, err := project.ReadPylock(name, strings.ReplaceAll(text, "\r\n", "\n"))
		if err != nil {
			return nil, err
		}
		out = append(out, parsed)
	}
	return out, nil
}

// pylockLocals are the packages of the repository in them.
func (a App) pylockLocals(ctx context.Context, f found, use project.Use) (out []project.Local, err error) {
	all, err := a.pylocks(ctx, f, use)
	for _, parsed := range all {
		out = append(out, parsed.Locals...)
	}
	return out, err
}

// pylock installs a pylock.toml and those for the tests beside it; uv checks the hashes
// that are in them.
func (a App) pylock(ctx context.Context, f found) (installer, error) {
	all, err := a.pylocks(ctx, f, project.ForTests)
	if err != nil {
		return installer{}, err
	}
	out := installer{
		manager: []string{"uv==" + first(a.UV, f.Settings.UV, defaultUV)},
		script:  installPylock,
		files:   map[string]string{}, archives: a.archivesOf(f, nil),
		explain: explainUV,
	}
	for i, name := range f.pylockNames(project.ForTests) {
		for _, group := range all[i].Groups { // where uv is told of none, it takes those that what is deployed has
			if !slices.Contains(f.Settings.WithoutGroups, group) {
				out.arguments = append(out.arguments, "--group="+group)
			}
		}
		out.arguments = append(out.arguments, name)
		out.files[path.Join(Workdir, f.lockDir, name)] = all[i].Text
		maps.Copy(out.archives, a.archivesOf(f, all[i].Locals))
	}
	return out, nil
}

// warnOfDevelopment says which packages of a pylock.toml look as if they were for
// development alone: the file does not tell, and what is deployed gets all of it.
func warnOfDevelopment(f found) error {
	names, err := f.Development(f.pyproject, f.lock)
	if len(names) > 0 {
		tell.Once(fmt.Sprintf("pylock.toml has %s, and what is deployed gets all that is in it: lock what only tests need in pylock.dev.toml beside it, and not there (`uv export --only-dev` and `uv export --no-dev`, `pdm export --dev` and `pdm export --prod`)", strings.Join(names, ", ")))
	}
	return err
}
