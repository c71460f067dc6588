package project

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
)

// Pipfile is a Pipfile.lock as pip's requirements files: what pipenv itself would let
// pip install.
type Pipfile struct {
	// Python is the range of Python's versions that the Pipfile requires.
	Python string
	// Default and Develop are the packages that have hashes, or are archives; Cloned
	// those of git repositories, for which there is none.
	Default, Develop, DefaultCloned, DevelopCloned string
	// Locals are packages of the repository, DevelopLocals those for development alone.
	Locals, DevelopLocals []LocalRequired
}

// locked is a package of a Pipfile.lock.
type locked struct {
	Version, Markers, Git, Ref, Path, File, Subdirectory string
	Editable                                             bool
	Extras, Hashes                                       []string
}

// ReadPipfileLock reads a Pipfile.lock.
func ReadPipfileLock(text string) (Pipfile, error) {
	var doc struct {
		Meta struct {
			Requires struct {
				Version string `json:"python_version"`
				Full    string `json:"python_full_version"`
			}
			Sources []struct{ URL string }
		} `json:"_meta"`
		Default, Develop map[string]locked
	}
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		return Pipfile{}, fmt.Errorf("reading Pipfile.lock: %w", err)
	}
	out := Pipfile{}
	if v := numbers(doc.Meta.Requires.Full); len(v) > 2 {
		out.Python = "==" + dotted(v)
	} else if v := numbers(First(doc.Meta.Requires.Version, doc.Meta.Requires.Full)); len(v) > 1 {
		out.Python = fmt.Sprintf("==%d.%d.*", v[0], v[1])
	}
	var own []string
	for _, source := range doc.Meta.Sources {
		if !isPublic(source.URL) {
			own = append(own, source.URL)
		}
	}
	indexes := ""
	for i, address := range own {
		option := "--extra-index-url "
		if i == 0 && len(own) == len(doc.Meta.Sources) {
			option = "--index-url "
		}
		indexes += option + address + "\n"
	}
	out.Default, out.Develop = indexes, indexes
	for _, part := range []struct {
		packages       map[string]locked
		hashed, cloned *string
		locals         *[]LocalRequired
	}{{doc.Default, &out.Default, &out.DefaultCloned, &out.Locals}, {doc.Develop, &out.Develop, &out.DevelopCloned, &out.DevelopLocals}} {
		for _, name := range sortedKeys(part.packages) {
			p := part.packages[name]
			switch {
			case p.Path != "" && !IsArchive(p.Path):
				*part.locals = append(*part.locals, LocalRequired{Path: p.Path, Extras: p.Extras})
			case p.Git != "":
				*part.cloned += p.line(name)
			default:
				*part.hashed += p.line(name)
			}
		}
	}
	return out, nil
}

// isPublic tells whether an address is the public index's, whatever its name in the
// Pipfile: that one is pip's own, or what takes its place in the image.
func isPublic(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	name, domain, _ := strings.Cut(strings.ToLower(u.Hostname()), ".")
	return name == "pypi" && (domain == "org" || domain == "python.org")
}

// line is the package in a requirements file.
func (l locked) line(name string) string {
	if len(l.Extras) > 0 {
		name += "[" + strings.Join(l.Extras, ",") + "]"
	}
	switch {
	case l.Git != "":
		name += " @ git+" + strings.TrimPrefix(l.Git, "git+") + "@" + l.Ref
		if l.Subdirectory != "" {
			name += "#subdirectory=" + l.Subdirectory
		}
	case l.File != "":
		name += " @ " + l.File
	case l.Path != "":
		name = l.Path
	}
	name += strings.TrimPrefix(l.Version, "*")
	if l.Markers != "" {
		name += " ; " + l.Markers
	}
	for _, hash := range l.Hashes {
		name += " --hash=" + hash
	}
	return name + "\n"
}
