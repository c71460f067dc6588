package project

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Pylock is the part of a pylock.toml that is about third-party packages.
type Pylock struct {
	Text string
	// Locals are packages of the repository, without the project itself: directories
	// are left out of the text, archives are in it.
	Locals []Local
	// Names are those of all packages, Groups those that the file tells packages apart by.
	Names, Groups []string
}

// ReadPylock reads a file of pylock.toml's form. uv and PDM write the project itself into
// it, too.
func ReadPylock(file, text string) (Pylock, error) {
	head, packages, _ := strings.Cut(text, "\n[[packages]]\n")
	out := Pylock{Text: head + "\n"}
	if packages == "" {
		return Pylock{Text: text}, nil
	}
	var top struct {
		Groups []string `toml:"dependency-groups"`
	}
	if err := toml.Unmarshal([]byte(head), &top); err != nil {
		return out, fmt.Errorf("reading %s: %w", file, positioned(err))
	}
	for _, group := range top.Groups {
		if name.MatchString(group) {
			out.Groups = append(out.Groups, group)
		}
	}
	for block := range strings.SplitSeq(packages, "\n[[packages]]\n") {
		var doc struct {
			Packages []struct {
				Name               string
				Directory, Archive struct{ Path string }
			}
		}
		if err := toml.Unmarshal([]byte("[[packages]]\n"+block), &doc); err != nil {
			return out, fmt.Errorf("reading %s: the package before line %d: %w", file, 1+strings.Count(out.Text, "\n"), err)
		}
		p := doc.Packages[0]
		out.Names = append(out.Names, p.Name)
		switch {
		case p.Directory.Path != "" && path.Clean(p.Directory.Path) != ".":
			out.Locals = append(out.Locals, Local{Name: p.Name, Path: p.Directory.Path})
		case p.Archive.Path != "":
			out.Locals = append(out.Locals, Local{Name: p.Name, Path: p.Archive.Path, File: true})
		}
		if p.Directory.Path == "" {
			out.Text += "\n[[packages]]\n" + block
		}
	}
	return out, nil
}

// Development are the packages of a pylock.toml that the project requires in groups for
// development alone, and pytest, which no function needs. A file that has groups itself
// keeps them out.
func (p Project) Development(pyproject, lock string) ([]string, error) {
	read, err := ReadPylock("pylock.toml", lock)
	if err != nil || len(read.Groups) > 0 {
		return nil, err
	}
	var doc requiring
	if err := toml.Unmarshal([]byte(pyproject), &doc); err != nil {
		return nil, fmt.Errorf("reading pyproject.toml: %w", positioned(err))
	}
	grouped := []need{{Name: "pytest"}}
	for _, name := range sortedKeys(doc.Groups) {
		grouped = append(grouped, doc.group(name, 0)...)
	}
	needed, err := p.required(pyproject, ForPackage)
	return slices.DeleteFunc(read.Names, func(name string) bool {
		is := func(n need) bool { return normal(n.Name) == normal(name) }
		return !slices.ContainsFunc(grouped, is) || slices.ContainsFunc(needed, is)
	}), err
}
