package world

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// snapshot copies what is committed, so that edits during a run change nothing in it.
func (w *World) snapshot(ctx context.Context) error {
	commit, err := Command{Dir: w.Root, Env: os.Environ(), Args: []string{"git", "rev-parse", "--short=12", "HEAD"}}.Run(ctx)
	if err != nil {
		return fmt.Errorf("copying the checkout: %w", err)
	}
	w.Commit, w.Checkout = strings.TrimSpace(commit), w.Path("checkout")
	if err := os.RemoveAll(w.Checkout); err != nil {
		return fmt.Errorf("copying the checkout: %w", err)
	}
	if err := os.Mkdir(w.Checkout, 0o755); err != nil {
		return fmt.Errorf("copying the checkout: %w", err)
	}
	archive := exec.CommandContext(ctx, "git", "-C", w.Root, "archive", w.Commit)
	unpack := exec.CommandContext(ctx, "tar", "-x", "-C", w.Checkout)
	if unpack.Stdin, err = archive.StdoutPipe(); err != nil {
		return fmt.Errorf("copying the checkout: %w", err)
	}
	if err := archive.Start(); err != nil {
		return fmt.Errorf("copying the checkout: %w", err)
	}
	if err := unpack.Run(); err != nil {
		_ = archive.Wait()
		return fmt.Errorf("copying the checkout: %w", err)
	}
	if err := archive.Wait(); err != nil {
		return fmt.Errorf("copying the checkout: %w", err)
	}
	return nil
}
