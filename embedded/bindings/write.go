package bindings

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"

	"dagger/pipeline/embedded/files"
	"dagger/pipeline/embedded/module"
)

// Write generates the bindings into the module's directory, where editors,
// go vet and go test look for them. A file that is up to date is left alone.
func Write(ctx context.Context, m *module.Module) error {
	sdk, err := module.SDKDir(ctx, m.SourceDir())
	if err != nil {
		return err
	}
	files, err := Generate(m, sdk)
	if err != nil {
		return err
	}
	for name, contents := range files {
		if err := replace(filepath.Join(m.SourceDir(), filepath.FromSlash(name)), contents); err != nil {
			return fmt.Errorf("writing %s: %w", name, err)
		}
	}
	return nil
}

// replace writes a file atomically: another process may be reading it.
func replace(path string, contents []byte) error {
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, contents) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return files.Write(path, contents, 0o644)
}
