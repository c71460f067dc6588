package project

import (
	"fmt"
	"path"

	"github.com/pelletier/go-toml/v2"
)

// Local is a package of the repository that a lock file names.
type Local struct {
	Name string
	Path string // from the lock file's directory
	// File reports that it is a wheel or a source archive, not a directory.
	File bool
}

// source is a lock file's word on where a package comes from: of Poetry's form
// (type and url) or of uv's (one key of several).
type source struct {
	Type, URL                          string
	Editable, Directory, Virtual, Path string
}

// LocalPackages are the packages that a poetry.lock or uv.lock takes from the
// repository, without the project itself, which is at a path from the lock file's
// directory. What is in that directory itself is a package as others are: the root of a
// workspace of uv, which its members may use.
func LocalPackages(lock, at string) ([]Local, error) {
	var doc struct {
		Package []struct {
			Name   string
			Source source
		}
	}
	if err := toml.Unmarshal([]byte(lock), &doc); err != nil {
		return nil, fmt.Errorf("reading the lock file: %w", positioned(err))
	}
	var out []Local
	for _, p := range doc.Package {
		s := p.Source
		local := Local{Name: p.Name}
		switch {
		case s.Type == "directory":
			local.Path = s.URL
		case s.Type == "file":
			local.Path, local.File = s.URL, true
		case s.Path != "":
			local.Path, local.File = s.Path, true
		default:
			local.Path = First(s.Editable, s.Directory, s.Virtual)
		}
		if local.Path != "" && path.Clean(local.Path) != path.Clean(at) {
			out = append(out, local)
		}
	}
	return out, nil
}
