package images

import (
	"context"
	"path"
	"slices"
	"strings"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/project"
)

// settingsOf are the files of a directory in which a project says what it reads.
var settingsOf = []string{"pyproject.toml", "Makefile", "makefile", "GNUmakefile", "setup.py", "setup.cfg", "tox.ini", "noxfile.py", "pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml", ".coveragerc"}

// said is the text of a directory's settings.
func (a App) said(ctx context.Context, dir string, names []string) (string, error) {
	var said strings.Builder
	for _, name := range settingsOf {
		if !slices.Contains(names, name) {
			continue
		}
		text, err := a.Source.File(path.Join(dir, name)).Contents(ctx)
		if err != nil {
			return "", err
		}
		said.WriteString(text + "\n")
	}
	return said.String(), nil
}

// withOutside adds what the settings of the project name outside of its directory,
// and what a file of make that they include names in turn. All of it is named from
// the project's directory, where the commands run.
func (a App) withOutside(ctx context.Context, out *dagger.Directory, roots []string) (*dagger.Directory, error) {
	names, err := a.Source.Directory(a.Path).Entries(ctx)
	if err != nil {
		return nil, err
	}
	text, err := a.said(ctx, a.Path, names)
	if err != nil {
		return nil, err
	}
	waiting := project.PathsOut(text)
	for i := 0; i < len(waiting); i++ {
		name := path.Join(a.Path, waiting[i])
		if strings.HasPrefix(name, "../") || strings.HasPrefix(path.Clean(a.Path)+"/", name+"/") {
			continue
		}
		there, err := a.Source.Exists(ctx, name)
		if err != nil {
			return nil, err
		}
		if !there {
			continue
		}
		isDir, err := a.Source.Exists(ctx, name, dagger.DirectoryExistsOpts{ExpectedType: dagger.ExistsTypeDirectoryType})
		if err != nil {
			return nil, err
		}
		if isDir {
			filter, err := a.unread(ctx, name, roots)
			if err != nil {
				return nil, err
			}
			if slices.ContainsFunc(roots, func(root string) bool { return path.Clean(root) == name }) { // the settings name it for Terraform
				for _, pattern := range terraformFiles {
					filter = append(filter, path.Join("**", pattern))
				}
			}
			out = out.WithDirectory(name, a.Source.Directory(name), dagger.DirectoryWithDirectoryOpts{Exclude: filter})
			continue
		}
		out = out.WithFile(name, a.Source.File(name))
		if base := path.Base(name); strings.HasSuffix(base, ".mk") || strings.HasPrefix(base, "Makefile") {
			text, err := a.Source.File(name).Contents(ctx)
			if err != nil {
				return nil, err
			}
			for _, more := range project.PathsOut(text) {
				if !slices.Contains(waiting, more) {
					waiting = append(waiting, more)
				}
			}
		}
	}
	return out, nil
}
