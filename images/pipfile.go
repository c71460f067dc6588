package images

import (
	"context"
	"path"
	"slices"

	"dagger/pipeline/project"
)

const (
	// newestPipenv is the version that is installed where the image's Python allows it,
	// else the one before.
	newestPipenv = "2026.10.3"

	pipfileLock = "Pipfile.lock"
	// pipfileHome has it as requirements files, one for each way to install.
	pipfileHome     = "/opt/pipfile"
	pipfileDefault  = pipfileHome + "/default.txt"
	pipfileCloned   = pipfileHome + "/default-cloned.txt"
	pipfileDevelop  = pipfileHome + "/develop.txt"
	pipfileDevelopC = pipfileHome + "/develop-cloned.txt"
)

// pipenv installs a Pipfile.lock, the development packages too. pip installs what is
// in it and checks the hashes; pipenv says whether it fits the Pipfile, and is there
// for commands of the project.
func (a App) pipenv(ctx context.Context, f found) (installer, error) {
	pipfile, err := read(ctx, a.Source, path.Join(f.lockDir, "Pipfile"), "Pipfile.lock is there: commit the Pipfile, too")
	if err != nil {
		return installer{}, err
	}
	dir := path.Join(Workdir, f.lockDir)
	files := map[string]string{path.Join(dir, "Pipfile"): pipfile, path.Join(dir, pipfileLock): f.lock}
	lists := []struct{ file, text string }{{pipfileDefault, f.pipfile.Default}, {pipfileCloned, f.pipfile.DefaultCloned}}
	if !slices.Contains(f.Settings.WithoutGroups, "dev") {
		lists = append(lists, struct{ file, text string }{pipfileDevelop, f.pipfile.Develop}, struct{ file, text string }{pipfileDevelopC, f.pipfile.DevelopCloned})
	}
	var arguments []string
	for _, list := range lists {
		files[list.file] = list.text
		if list.text != "" {
			arguments = append(arguments, "--requirement="+list.file)
		}
	}
	archives, err := a.archiveLines(ctx, f.lockDir, project.ReadRequirements(f.pipfile.Default+f.pipfile.Develop))
	return installer{
		manager:   []string{"pipenv<=" + newestPipenv},
		script:    installPipfile,
		arguments: append([]string{"--each", "--no-deps"}, arguments...),
		files:     files,
		archives:  archives,
		explain:   explainPip,
	}, err
}
