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
	names := requirementFiles(f.names, f.Settings)
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

// requirementFiles are requirements.txt and, of the files beside it, those of the groups
// that tests need and that the project asks for, however they are spelt.
func requirementFiles(there []string, settings project.Settings) []string {
	names := []string{"requirements.txt"}
	for _, group := range append([]string{"dev", "test"}, settings.Groups...) {
		if slices.Contains(settings.WithoutGroups, group) {
			continue
		}
		for _, form := range []string{"requirements-%s.txt", "requirements_%s.txt", "%s-requirements.txt", "%s_requirements.txt"} {
			if name := fmt.Sprintf(form, group); slices.Contains(there, name) && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
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
