package images

import (
	"context"
	"path"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/project"
)

// moduleFiles are the files of the source that Terraform needs: the root
// modules with all that they reach, the project's scripts for terraform, and
// what the project says of its deployment.
func (t Terraform) moduleFiles(ctx context.Context) (*dagger.Directory, error) {
	files := dag.Directory()
	for _, root := range t.Roots {
		m, err := ReadRoot(ctx, t.Source, root)
		if err != nil {
			return nil, err
		}
		if m.Reach.All {
			return t.Source, nil
		}
		for _, name := range append([]string{root}, m.Reach.Paths...) { // what a link of the root module leads to comes after it
			if files, err = t.with(ctx, files, name); err != nil {
				return nil, err
			}
		}
	}
	files, err := t.withTable(ctx, files)
	if err != nil {
		return nil, err
	}
	scripts := path.Join(t.Path, "scripts")
	ok, err := t.Source.Exists(ctx, scripts)
	if err != nil {
		return nil, err
	}
	if ok {
		files = files.WithDirectory(scripts, t.Source.Directory(scripts), dagger.DirectoryWithDirectoryOpts{Include: []string{"*.sh"}})
	}
	pyproject := path.Join(t.Path, "pyproject.toml")
	if ok, err = t.Source.Exists(ctx, pyproject); err != nil || !ok {
		return files, err
	}
	text, err := t.Source.File(pyproject).Contents(ctx)
	if err != nil {
		return nil, err
	}
	if text, err = project.DeploymentProject(text); err != nil {
		return nil, err
	}
	return files.WithNewFile(pyproject, text), nil
}

// withTable adds the files that the project's table names, for all environments: they
// may be outside of the root modules.
func (t Terraform) withTable(ctx context.Context, files *dagger.Directory) (*dagger.Directory, error) {
	there, err := t.Source.Exists(ctx, path.Join(t.Path, "pyproject.toml"))
	if err != nil || !there {
		return files, err
	}
	read, err := ReadProject(ctx, t.Source, t.Path)
	if err != nil {
		return nil, err
	}
	var named []string
	for _, root := range t.Roots {
		for _, file := range append(read.Settings.Terraform.VariableFiles.Patterns(), read.Settings.Terraform.BackendFiles.Patterns()...) {
			named = append(named, path.Join(root, file))
		}
	}
	if len(named) == 0 {
		return files, nil
	}
	return files.WithDirectory(".", t.Source, dagger.DirectoryWithDirectoryOpts{Include: named}), nil
}

// with adds a file or directory of the source under its own path.
func (t Terraform) with(ctx context.Context, files *dagger.Directory, name string) (*dagger.Directory, error) {
	isDir, err := t.Source.Exists(ctx, name, dagger.DirectoryExistsOpts{ExpectedType: dagger.ExistsTypeDirectoryType})
	if err != nil {
		return nil, err
	}
	if isDir {
		return files.WithDirectory(name, t.Source.Directory(name)), nil
	}
	return files.WithFile(name, t.Source.File(name)), nil
}
