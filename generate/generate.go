// Package generate writes what a project needs to begin: the file of its CI system, and what is missing in .gitignore and pyproject.toml.
// It does not use Dagger.
package generate

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Source is the repository.
type Source interface {
	// Text is that of a file, and whether it is there.
	Text(name string) (text string, there bool, err error)
	// Names are those in a directory, of directories with a slash at the end; none where there is no such directory.
	Names(dir string) ([]string, error)
	// Link tells whether a path is a symbolic link.
	Link(name string) (bool, error)
}

// Asked is what the caller wants, and what was found out elsewhere.
type Asked struct {
	// System is the CI system, none, or "" for the one whose files are there.
	System string
	// Module is the pipeline's address, "" for the one that dagger.json names.
	Module string
	// Makefile asks for a Makefile.
	Makefile bool
	// Project is the path of the project in the source.
	Project string
	// Roots are the directories of the project with Terraform's files that may be root modules.
	Roots []string
	// Settled tells that the pipeline knows which one is: the first.
	Settled bool
}

// Changes are the files to write, by their paths in the source, and what people should know.
type Changes struct {
	Files map[string]string
	Notes []string
}

type writer struct {
	Changes
	Asked
	source Source
	tests  bool // a Makefile runs the tests
}

// Begin says what a project lacks. What is there stays, and where nothing is missing nothing is written.
func Begin(source Source, asked Asked) (Changes, error) {
	w := &writer{source: source, Asked: asked, Changes: Changes{Files: map[string]string{}}}
	for _, step := range []func() error{w.ci, w.ignored, w.makefile, w.table} {
		if err := step(); err != nil {
			return Changes{}, err
		}
	}
	return w.Changes, nil
}

func (w *writer) note(format string, args ...any) {
	w.Notes = append(w.Notes, fmt.Sprintf(format, args...))
}

// link is the part of a path that is a symbolic link, "" where none is. Nothing is written through one: what it leads to may be another's.
func (w *writer) link(name string) (string, error) {
	parts := strings.Split(name, "/")
	for i := range parts {
		at := path.Join(parts[:i+1]...)
		if is, err := w.source.Link(at); err != nil || is {
			return at, err
		}
	}
	return "", nil
}

// left says once that a link stays.
func (w *writer) left(link string) {
	if note := link + ": is a link and stays as it is: nothing is written to where it leads"; link != "" && !slices.Contains(w.Notes, note) {
		w.note("%s", note)
	}
}

// at is a path of the project in the source.
func (w *writer) at(name string) string { return path.Join(w.Project, name) }

var ignoresResults = regexp.MustCompile(`(?m)^(\*\*/|/)?pipeline-results/?[ \t\r]*$`)

// ignored makes git ignore what the CI system's jobs, and the same calls on a laptop, leave.
func (w *writer) ignored() error {
	const name = ".gitignore"
	link, err := w.link(name)
	if err != nil || link != "" {
		w.left(link)
		return err
	}
	text, _, err := w.source.Text(name)
	if err != nil || ignoresResults.MatchString(text) {
		return err
	}
	w.Files[name] = ended(text) + "/pipeline-results/\n"
	return nil
}

// ended is a text whose last line is complete.
func ended(text string) string {
	if text != "" && text[len(text)-1] != '\n' {
		text += "\n"
	}
	return text
}
