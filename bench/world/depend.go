package world

import (
	"context"
	"fmt"
	"os"
	"strings"
)

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
