package project

import (
	"cmp"
	"path"
	"regexp"
	"strings"
)

// Requirements is the part of a requirements file that is about third-party packages.
type Requirements struct {
	Text     string
	Includes []string        // paths from the file's directory
	Locals   []LocalRequired // packages of the repository
	Files    []string        // wheels and source archives of the repository
	Links    []string        // directories of the repository in which pip looks for them
	Hashes   bool            // every package has one, or there is none
}

// LocalRequired is a package of the repository that a requirements file names.
type LocalRequired struct {
	Path   string // from the file's directory
	Extras []string
}

// ReadRequirements reads a requirements file. Packages of the repository are left
// out of its text.
func ReadRequirements(text string) Requirements {
	r := Requirements{Hashes: true}
	text = strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), "\r\n", "\n") // as Windows writes it
	joined := strings.ReplaceAll(text, "\\\n", " ")
	for line := range strings.Lines(joined) {
		line = strings.TrimSpace(line)
		bare := line
		if i := strings.Index(" "+bare, " #"); i >= 0 {
			bare = strings.TrimSpace(bare[:max(i-1, 0)])
		}
		included := option(bare, "-r", "--requirement", "-c", "--constraint")
		editable := option(bare, "-e", "--editable")
		links := option(bare, "-f", "--find-links")
		bare = byName.ReplaceAllString(bare, "$2$1")
		named, _, _ := strings.Cut(bare, " --") // before options of the requirement alone, such as --config-settings
		archive, _, _ := strings.Cut(strings.TrimPrefix(bare, "file:"), ";")
		archive, _, _ = strings.Cut(strings.TrimSpace(archive), " ")
		archive, _, _ = strings.Cut(archive, "[") // extras
		switch {
		case bare == "":
			continue
		case included != "":
			if !strings.Contains(included, "://") { // pip fetches one that has an address
				r.Includes = append(r.Includes, included)
			}
			if !strings.HasPrefix(bare, "--") {
				line = bare[:2] + " " + included // uv wants the blank
			}
		case links != "" && !strings.Contains(links, "://") && !path.IsAbs(links):
			r.Links = append(r.Links, links)
		case isFile(archive):
			r.Files = append(r.Files, archive)
			r.Hashes = r.Hashes && strings.Contains(bare, "--hash=")
		case editable != "" && isDirectory(editable), isDirectory(named):
			r.Locals = append(r.Locals, localRequired(cmp.Or(editable, named)))
			continue
		case editable != "", !strings.HasPrefix(bare, "-") && !strings.Contains(bare, "--hash="): // what is cloned has none
			r.Hashes = false
		}
		r.Text += line + "\n"
	}
	return r
}

// option is the value of a line that is one of the options. A short one needs
// nothing between its name and the value.
func option(line string, names ...string) string {
	for _, name := range names {
		rest, ok := strings.CutPrefix(line, name)
		if long := strings.HasPrefix(name, "--"); !ok || rest == "" || long && !strings.ContainsAny(rest[:1], " =") {
			continue
		}
		return strings.TrimSpace(strings.TrimPrefix(rest, "="))
	}
	return ""
}

// byName is a requirement that says where in the repository its package is, as a path:
// name[extra] @ file:./place.
var byName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*\s*(\[[^\]]*\])?\s*@\s*(?:file:)?(\.?[^\s/:;@]*(?:/[^\s/:;@]+)+)`)

// isDirectory tells whether a requirement is a directory of the repository: pip takes for
// one what starts with a dot or has a slash, and is no address.
func isDirectory(text string) bool {
	text = strings.TrimPrefix(text, "file:")
	if strings.HasPrefix(text, "-") || strings.HasPrefix(text, "/") || strings.Contains(text, "://") || strings.Contains(text, "@") {
		return false
	}
	text, _, _ = strings.Cut(text, ";")
	return text == "." || strings.HasPrefix(text, "./") || strings.HasPrefix(text, "../") || strings.HasPrefix(text, ".[") || strings.Contains(text, "/") && path.Ext(text) != ".whl"
}

// IsArchive reports whether a file is a package to install, judging by its name.
func IsArchive(name string) bool {
	for _, end := range []string{".whl", ".tar.gz", ".zip", ".tar.bz2"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}

// isFile tells whether a requirement is a package's file in the repository.
func isFile(text string) bool {
	return IsArchive(text) && !strings.HasPrefix(text, "-") && !path.IsAbs(text) && !strings.Contains(text, "://") && !strings.Contains(text, "@")
}

func localRequired(text string) LocalRequired {
	text, _, _ = strings.Cut(strings.TrimPrefix(text, "file:"), ";")
	dir, extras, _ := strings.Cut(strings.TrimSpace(text), "[")
	l := LocalRequired{Path: dir}
	for name := range strings.SplitSeq(strings.TrimSuffix(extras, "]"), ",") {
		if name = strings.TrimSpace(name); name != "" {
			l.Extras = append(l.Extras, name)
		}
	}
	return l
}
