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
	more, err := groupRequires(f, without)
	if err != nil {
		return installer{}, err
	}
	if more != "" {
		read.files[ownRequirements], *read.loose = more, true
		arguments = append(arguments, "--requirement="+ownRequirements)
	}
	if hashed > 0 && hashed < len(arguments) { // together, pip would want a hash for each package
		arguments = append([]string{"--each"}, arguments...)
	}
	return installer{script: installRequirements, arguments: arguments, files: read.files, archives: read.archives, week: week(*read.loose), explain: explainPip}, nil
}

// ownRequirements has what the project's own tables require.
const ownRequirements = "/opt/requirements.txt"

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
