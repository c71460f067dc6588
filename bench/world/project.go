package world

import (
	"context"
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
	Dir, from string
}

// Project copies the project at from, a path in the checkout, to a directory named after its user.
func (w *World) Project(user, from string) (*Project, error) {
	p := &Project{Dir: w.Path("project-" + user), from: filepath.Join(w.Checkout, from)}
	return p, p.Reset()
}

// Reset makes a fresh copy, as a checkout on a runner does.
func (p *Project) Reset() error {
	err := os.RemoveAll(p.Dir)
	if err == nil {
		err = os.CopyFS(p.Dir, os.DirFS(p.from))
	}
	if err != nil {
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

// Edit adds a new, unique line to a source file.
func (p *Project) Edit() error {
	return p.rewrite("src/metadata_updater/__init__.py", func(text string) string { return text + "\n# " + rand.Text() + "\n" })
}

var version = regexp.MustCompile(`(?m)^version = "[^"]*"$`)

// Bump gives the project a version that it never had.
func (p *Project) Bump() error {
	return p.rewrite("pyproject.toml", func(text string) string {
		return version.ReplaceAllString(text, fmt.Sprintf(`version = "1.0.0+%s"`, strings.ToLower(rand.Text()[:8])))
	})
}

// Depend changes one locked dependency: the lock file becomes the given one, with a comment that makes it
// unique.
func (p *Project) Depend(pyproject, lock string) error {
	if err := os.WriteFile(p.path("pyproject.toml"), []byte(pyproject), 0o644); err != nil {
		return err
	}
	return os.WriteFile(p.path("poetry.lock"), []byte(lock+"\n# "+rand.Text()+"\n"), 0o644)
}

// LockSum is the hash of the lock file.
func (p *Project) LockSum() (string, error) {
	text, err := p.read("poetry.lock")
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:]), err
}

// changed is the dependency of the example that the scenario "one dependency changed" moves back.
const changed, older = `"tenacity>=9.0,<10"`, `"tenacity==9.0.0"`

// Changed returns a project's pyproject.toml and lock file with one dependency in another version.
func (w *World) Changed(ctx context.Context, from string) (pyproject, lock string, err error) {
	p, err := w.Project("depend", from)
	if err != nil {
		return "", "", err
	}
	defer os.RemoveAll(p.Dir)
	err = p.rewrite("pyproject.toml", func(text string) string { return strings.Replace(text, changed, older, 1) })
	if err != nil {
		return "", "", fmt.Errorf("changing a dependency: %w", err)
	}
	if err := w.Lock(ctx, p.Dir); err != nil {
		return "", "", fmt.Errorf("changing a dependency: %w", err)
	}
	if pyproject, err = p.read("pyproject.toml"); err != nil {
		return "", "", err
	}
	lock, err = p.read("poetry.lock")
	return pyproject, lock, err
}
