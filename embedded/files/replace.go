package files

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Replace atomically replaces the file at path with what write produces: a reader sees the old content or
// the new one, never a part. Its mode is no wider than the umask allows. It is not synced to the disk: files
// written this way can be made again.
func Replace(path string, mode fs.FileMode, write func(io.Writer) error) error {
	temp, err := os.OpenFile(filepath.Join(filepath.Dir(path), TempName()), os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return fmt.Errorf("writing %q: %w", path, cause(err))
	}
	defer os.Remove(temp.Name())
	if err := write(temp); err != nil {
		_ = temp.Close()
		return err
	}
	if err := temp.Close(); err != nil {
		return fmt.Errorf("writing %q: %w", path, cause(err))
	}
	return os.Rename(temp.Name(), path)
}

// Write atomically replaces the file at path with data.
func Write(path string, data []byte, mode fs.FileMode) error {
	return Replace(path, mode, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// TempName is an unused name for a temporary file beside others.
func TempName() string { return ".pipeline-" + rand.Text() }

// cause drops the operation and path that an *fs.PathError repeats.
func cause(err error) error {
	if e := (*fs.PathError)(nil); errors.As(err, &e) {
		return e.Err
	}
	return err
}
