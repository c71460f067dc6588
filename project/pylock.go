package project

import (
	"fmt"
	"path"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Pylock is the part of a pylock.toml that is about third-party packages.
type Pylock struct {
	Text string
	// Locals are packages of the repository, without the project itself: directories
	// are left out of the text, archives are in it.
	Locals []Local
}

// ReadPylock reads a pylock.toml. uv and PDM write the project itself into it, too.
func ReadPylock(text string) (Pylock, error) {
	head, packages, _ := strings.Cut(text, "\n[[packages]]\n")
	out := Pylock{Text: head + "\n"}
	if packages == "" {
		return Pylock{Text: text}, nil
	}
	for block := range strings.SplitSeq(packages, "\n[[packages]]\n") {
		var doc struct {
			Packages []struct {
				Name               string
				Directory, Archive struct{ Path string }
			}
		}
		if err := toml.Unmarshal([]byte("[[packages]]\n"+block), &doc); err != nil {
			return out, fmt.Errorf("reading pylock.toml: the package before line %d: %w", 1+strings.Count(out.Text, "\n"), err)
		}
		p := doc.Packages[0]
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
