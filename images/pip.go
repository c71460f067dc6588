package images

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"dagger/pipeline/project"
	"dagger/pipeline/tell"
)

// pip installs requirements.txt, and the files beside it that tests need.
func (a App) pip(ctx context.Context, f found) (installer, error) {
	names := requirementFiles(f.names, f.Settings)
	files := map[string]string{}
	var arguments []string
	hashed := 0
	for _, name := range names {
		file := path.Join(f.lockDir, name)
		if err := a.requirements(ctx, file, files); err != nil {
			return installer{}, err
		}
		arguments = append(arguments, "--requirement="+name)
		if strings.Contains(files[path.Join(Workdir, file)], "--hash=") {
			hashed++
		}
	}
	if hashed > 0 && hashed < len(names) { // together, pip would want a hash for each package
		arguments = append([]string{"--each"}, arguments...)
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

// localRequires is what a package of the repository requires, as lines. Where only
// its build backend knows, what the requirements file lists has to do.
func (a App) localRequires(ctx context.Context, file string, local project.LocalRequired) (string, error) {
	dir := path.Join(path.Dir(file), local.Path)
	named, err := a.Source.Exists(ctx, path.Join(dir, "pyproject.toml"))
	if err != nil {
		return "", err
	}
	text := ""
	if named {
		if text, err = a.Source.File(path.Join(dir, "pyproject.toml")).Contents(ctx); err != nil {
			return "", err
		}
	}
	lines, known := project.LocalRequires(text, local.Extras)
	if !known {
		tell.Once(fmt.Sprintf("%s: what the package in %q requires stands in no [project] table of a pyproject.toml: only what the requirements files list is installed", file, dir))
		return "", nil
	}
	return strings.Join(append(lines, ""), "\n"), nil
}

// requirements reads a file and those that it includes. In place of the packages of
// the repository that are in them stands what those require.
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
		tell.Once(fmt.Sprintf("%s: it has no hashes: what is installed may change from day to day: `pip-compile --generate-hashes` or `uv pip compile --generate-hashes` write them", file))
	}
	for _, local := range parsed.Locals {
		lines, err := a.localRequires(ctx, file, local)
		if err != nil {
			return err
		}
		if !strings.Contains(parsed.Text, "--hash=") { // a file with hashes has all that its packages require
			parsed.Text += lines
		}
	}
	files[path.Join(Workdir, file)] = parsed.Text
	for _, included := range parsed.Includes {
		if err := a.requirements(ctx, path.Join(path.Dir(file), included), files); err != nil {
			return err
		}
	}
	return nil
}
