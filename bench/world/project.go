package world

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Project is a copy of a poetry project that scenarios change.
type Project struct {
	Dir string
	// Packages is how many packages its lock file installs at most.
	Packages int

	from string
}

// Project copies the project at from, a path in the checkout, to a directory named after its user.
func (w *World) Project(user, from string) (*Project, error) {
	p := &Project{Dir: w.Path("project-" + user), from: filepath.Join(w.Checkout, from)}
	if err := p.Reset(); err != nil {
		return nil, err
	}
	lock, err := p.read("poetry.lock")
	p.Packages = strings.Count(lock, "[[package]]")
	return p, err
}

// Reset makes a fresh copy, as a checkout on a runner does.
func (p *Project) Reset() error {
	if err := os.RemoveAll(p.Dir); err != nil {
		return fmt.Errorf("copying the project: %w", err)
	}
	if err := os.CopyFS(p.Dir, os.DirFS(p.from)); err != nil {
		return fmt.Errorf("copying the project: %w", err)
	}
	return nil
}

func (p *Project) path(name string) string { return filepath.Join(p.Dir, filepath.FromSlash(name)) }

func (p *Project) read(name string) (string, error) {
	data, err := os.ReadFile(p.path(name))
	return string(data), err
}

// rewrite replaces a file's text.
func (p *Project) rewrite(name string, change func(text string) string) error {
	text, err := p.read(name)
	if err != nil {
		return err
	}
	changed := change(text)
	if changed == text {
		return fmt.Errorf("changing %q: nothing in it was changed", name)
	}
	return os.WriteFile(p.path(name), []byte(changed), 0o644)
}

// Edit adds a line that was never there before to a source file.
func (p *Project) Edit() error {
	found, err := filepath.Glob(p.path("src/*/__init__.py"))
	if err != nil || len(found) == 0 {
		return fmt.Errorf("editing the project: no src/*/__init__.py in %q", p.Dir)
	}
	name, err := filepath.Rel(p.Dir, found[0])
	if err != nil {
		return err
	}
	return p.rewrite(name, func(text string) string { return text + "\n# " + newText() + "\n" })
}

var version = regexp.MustCompile(`(?m)^version = "[^"]*"$`)

// Bump gives the project a version that it never had.
func (p *Project) Bump() error {
	return p.rewrite("pyproject.toml", func(text string) string {
		return version.ReplaceAllString(text, fmt.Sprintf(`version = "1.0.0+%s"`, strings.ToLower(newText()[:8])))
	})
}

// Depend changes one locked dependency: the lock file becomes the given one, with a comment that makes it
// one that was never there before.
func (p *Project) Depend(pyproject, lock string) error {
	if err := os.WriteFile(p.path("pyproject.toml"), []byte(pyproject), 0o644); err != nil {
		return err
	}
	return os.WriteFile(p.path("poetry.lock"), []byte(lock+"\n# "+newText()+"\n"), 0o644)
}

// LockSum is the hash of the lock file.
func (p *Project) LockSum() (string, error) {
	text, err := p.read("poetry.lock")
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:]), err
}

// newText is one that was never there before.
func newText() string { return rand.Text() }
