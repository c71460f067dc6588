package images

import (
	"context"
	"fmt"
	"path"
	"slices"

	"dagger/pipeline/project"
	"dagger/pipeline/tell"
)

// pip installs requirements.txt, and the files beside it that tests need.
func (a App) pip(ctx context.Context, f found) (installer, error) {
	names := []string{"requirements.txt"}
	for _, group := range append([]string{"dev", "test"}, f.Settings.Groups...) {
		if slices.Contains(f.Settings.WithoutGroups, group) {
			continue
		}
		for _, name := range []string{"requirements-" + group + ".txt", "requirements_" + group + ".txt", group + "-requirements.txt"} {
			if slices.Contains(f.names, name) && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	files := map[string]string{}
	var arguments []string
	for _, name := range names {
		if err := a.requirements(ctx, path.Join(f.lockDir, name), files); err != nil {
			return installer{}, err
		}
		arguments = append(arguments, "--requirement="+name)
	}
	return installer{script: installRequirements, arguments: arguments, files: files, explain: explainPip}, nil
}

// requirements reads a file and those that it includes, without the packages of
// the repository that are in them.
func (a App) requirements(ctx context.Context, file string, files map[string]string) error {
	if _, done := files[path.Join(Workdir, file)]; done {
		return nil
	}
	text, err := read(ctx, a.Source, file, "a requirements file names it")
	if err != nil {
		return err
	}
	parsed := project.ReadRequirements(text)
	if !parsed.Hashes {
		tell.Line(fmt.Sprintf("%s: it has no hashes: what is installed may change from day to day: `pip-compile --generate-hashes` or `uv pip compile --generate-hashes` write them", file))
	}
	files[path.Join(Workdir, file)] = parsed.Text
	for _, included := range parsed.Includes {
		if err := a.requirements(ctx, path.Join(path.Dir(file), included), files); err != nil {
			return err
		}
	}
	return nil
}
