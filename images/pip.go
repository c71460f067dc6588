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
	read := newReading()
	var arguments []string
	hashed := 0
	for _, name := range names {
		file := path.Join(f.lockDir, name)
		if err := a.requirements(ctx, f, file, read); err != nil {
			return installer{}, err
		}
		if err := a.withRequired(ctx, f, file, read); err != nil {
			return installer{}, err
		}
		arguments = append(arguments, "--requirement="+name)
		if strings.Contains(read.files[path.Join(Workdir, file)], "--hash=") {
			hashed++
		}
	}
	own := map[string]string{}
	if own[projectRequirements], err = a.unnamed(ctx, f); err != nil {
		return installer{}, err
	}
	if own[ownRequirements], err = groupRequires(f, without); err != nil {
		return installer{}, err
	}
	for _, file := range sortedKeys(own) {
		if own[file] != "" {
			read.files[file], *read.loose = own[file], true
			arguments = append(arguments, "--requirement="+file)
		}
	}
	if hashed > 0 && hashed < len(arguments) { // together, pip would want a hash for each package
		arguments = append([]string{"--each"}, arguments...)
	}
	return installer{script: installRequirements, arguments: arguments, files: read.files, archives: read.archives, week: week(*read.loose), explain: explainPip}, nil
}

// Files with what the project's own tables require: groups for the tests, and what the
// main requirements file does not name.
const (
	ownRequirements     = "/opt/requirements.txt"
	projectRequirements = "/opt/project-requirements.txt"
)

// unnamed are lines of what the project requires as a package and its main requirements file
// does not name: whoever installs it gets that, too.
func (a App) unnamed(ctx context.Context, f found) (string, error) {
	d, err := a.distribution(ctx, path.Clean(a.Path), f)
	requires, known := project.LocalRequires(f.pyproject, nil)
	if err != nil || !d.Installed || !known {
		return "", err
	}
	r := newReading()
	if err := a.requirements(ctx, f, path.Join(f.lockDir, f.lockName), r); err != nil {
		return "", err
	}
	var names []string
	for _, local := range *r.locals {
		dir := path.Join(f.lockDir, local.Path)
		if strings.HasPrefix(dir, "..") || dir == path.Clean(a.Path) {
			return "", nil // it is refused, or says all of it
		}
		other, err := a.distribution(ctx, dir, f)
		if err != nil || other.Name == "" {
			return "", err
		}
		names = append(names, other.Name)
	}
	text := ""
	for _, file := range sortedKeys(r.files) {
		text += r.files[file]
	}
	lines := project.Unnamed(requires, text, names)
	if len(lines) > 0 {
		tell.Once(fmt.Sprintf("%s does not name %s, which pyproject.toml requires: installed and packed, too, in versions that are chosen anew each week", f.lockName, strings.Join(lines, ", ")))
	}
	return strings.Join(append(lines, ""), "\n"), nil
}

// reading is what was read of requirements files, by paths in the container.
type reading struct {
	files    map[string]string
	archives map[string]*dagger.File
	locals   *[]project.LocalRequired
	// loose tells that other versions may be installed another time.
	loose *bool
}

func newReading() reading {
	return reading{files: map[string]string{}, archives: map[string]*dagger.File{}, locals: &[]project.LocalRequired{}, loose: new(bool)}
}

// requirements reads a file and those that it includes. Packages of the repository that
// are in them are left out: see withRequired.
func (a App) requirements(ctx context.Context, f found, file string, r reading) error {
	if _, done := r.files[path.Join(Workdir, file)]; done {
		return nil
	}
	text, err := read(ctx, a.Source, file, "a requirements file names it")
	if err != nil {
		return err
	}
	if strings.ContainsAny(text, "\x00\ufffd") {
		return fmt.Errorf("reading %s: it is not UTF-8 text: PowerShell's > writes UTF-16: save it as UTF-8", file)
	}
	parsed := project.ReadRequirements(text)
	if !parsed.Hashes {
		*r.loose = true
		tell.Once(fmt.Sprintf("%s: it has no hashes: what is installed is chosen anew each week: `pip-compile --generate-hashes` or `uv pip compile --generate-hashes` write them", file))
	}
	*r.locals = append(*r.locals, parsed.Locals...)
	r.files[path.Join(Workdir, file)] = parsed.Text
	archives, err := a.archiveLines(ctx, path.Clean(a.Path), parsed)
	if err != nil {
		return err
	}
	maps.Copy(r.archives, archives)
	for _, included := range parsed.Includes {
		if err := a.requirements(ctx, f, path.Join(path.Dir(file), included), r); err != nil {
			return err
		}
	}
	return nil
}
