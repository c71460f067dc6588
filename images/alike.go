package images

import (
	"context"
	"io/fs"
	"path"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/project"
)

// NamedAlike is a project beside another one, in the directory dir, that has the
// same name and a root module at the same relative path, "" if there is none:
// the two would share one state.
func NamedAlike(ctx context.Context, source *dagger.Directory, dir, name, root string) (string, error) {
	return namedAlike(sourceFS{ctx, source}, dir, name, root)
}

func namedAlike(source fs.FS, dir, name, root string) (string, error) {
	dir = path.Clean(dir)
	if dir == "." {
		return "", nil // nothing is beside it
	}
	entries, err := fs.ReadDir(source, path.Dir(dir))
	if err != nil {
		return "", err
	}
	for _, e := range entries {
		other := path.Join(path.Dir(dir), e.Name())
		if !e.IsDir() || other == dir || path.Join(other, root) == path.Join(dir, root) {
			continue
		}
		if _, err := fs.Stat(source, path.Join(other, root)); err != nil {
			continue
		}
		text, err := fs.ReadFile(source, path.Join(other, "pyproject.toml"))
		if err != nil {
			continue // no project
		}
		// What is wrong in it is for a run of it to say.
		if p, err := project.Parse(string(text)); err == nil && p.Name == name {
			return other, nil
		}
	}
	return "", nil
}
