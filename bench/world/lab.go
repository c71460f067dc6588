package world

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
)

// Lab is the environment of a running lab, by the names of its LAB_ variables without that prefix.
type Lab map[string]string

// startLab starts the checkout's lab in a directory of its own, at an address of this machine.
func (w *World) startLab(ctx context.Context, bind string) error {
	out, err := w.lab(ctx, "up", "--bind", bind)
	if err != nil {
		return fmt.Errorf("starting the lab: %w", err)
	}
	w.Lab = Lab{}
	for line := range strings.Lines(out) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		w.Lab[strings.TrimPrefix(name, "LAB_")] = strings.Trim(value, "'")
	}
	if w.Lab["REGISTRY"] == "" {
		return fmt.Errorf("starting the lab: it printed no registry: %q", out)
	}
	return nil
}

func (w *World) lab(ctx context.Context, args ...string) (string, error) {
	env := append(w.Environ(), "GOWORK=off", "LAB_DIR="+filepath.Join(w.Dir, "lab"))
	return Command{Dir: w.Root, Env: env, Args: append([]string{"go", "run", "-C", "lab", "."}, args...)}.Run(ctx)
}
