package images

import (
	"context"
	"fmt"
	"maps"
	"path"
	"strings"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/project"
	"dagger/pipeline/tell"
)

// pip installs the project's requirements files, those that tests need too.
func (a App) pip(ctx context.Context, f found) (installer, error) {
	there, err := a.withFilesBelow(ctx, f.names)
	if err != nil {
		return installer{}, err
	}
	names, without := requirementFiles(f.lockName, there, f.Settings)
	read := reading{files: map[string]string{}, archives: map[string]*dagger.File{}}
	var arguments []string
	hashed := 0
	for _, name := range names {
		file := path.Join(f.lockDir, name)
		if err := a.requirements(ctx, file, read); err != nil {
			return installer{}, err
		}
		arguments = append(arguments, "--requirement="+name)
		if strings.Contains(read.files[path.Join(Workdir, file)], "--hash=") {
			hashed++
		}
	}
	more, err := groupRequires(f, without)
	if err != nil {
		return installer{}, err
	}
	if more != "" {
		read.files[ownRequirements] = more
		arguments = append(arguments, "--requirement="+ownRequirements)
	}
	if hashed > 0 && hashed < len(arguments) { // together, pip would want a hash for each package
		arguments = append([]string{"--each"}, arguments...)
	}
	return installer{script: installRequirements, arguments: arguments, files: read.files, archives: read.archives, explain: explainPip}, nil
}

// ownRequirements has what the project's own tables require.
const ownRequirements = "/opt/requirements.txt"

// reading is what was read of requirements files, by paths in the container.
type reading struct {
	files    map[string]string
	archives map[string]*dagger.File
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
func (a App) requirements(ctx context.Context, file string, r reading) error {
	if _, done := r.files[path.Join(Workdir, file)]; done {
		return nil
	}
	text, err := read(ctx, a.Source, file, "a requirements file names it")
	if err != nil {
		return err
	}
	if strings.ContainsAny(text, "\x00\ufffd") {
		return fmt.Errorf("reading %s: it is no text in UTF-8: PowerShell's > writes UTF-16: save it as UTF-8", file)
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
	r.files[path.Join(Workdir, file)] = parsed.Text
	archives, err := a.archiveLines(ctx, path.Clean(a.Path), parsed)
	if err != nil {
		return err
	}
	maps.Copy(r.archives, archives)
	for _, included := range parsed.Includes {
		if err := a.requirements(ctx, path.Join(path.Dir(file), included), r); err != nil {
			return err
		}
	}
	return nil
}
