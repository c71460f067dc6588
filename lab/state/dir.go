// Package state keeps the lab's state between commands: its directories, the running
// process, the ports it used last, its registry login, and the lock that keeps two commands apart.
package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Dir is a lab's state directory. Everything in it belongs to one lab.
type Dir string

// Open returns the state directory, created if missing: $LAB_DIR, else pipeline-lab in the user's
// cache directory.
func Open() (Dir, error) {
	path, err := Directory("the lab's directory", "LAB_DIR", "pipeline-lab")
	return Dir(path), err
}

// Cache returns the directory of what several labs can share (base images, the AWS stand-in's
// virtualenv), created if missing: $LAB_CACHE_DIR, else "cache" in the default state directory.
func Cache() (string, error) {
	return Directory("the lab's cache", "LAB_CACHE_DIR", "pipeline-lab", "cache")
}

// Directory creates a directory if it is missing (mode 0700), and returns its absolute path: the value
// of the variable, else these names in the user's cache directory ($XDG_CACHE_HOME or ~/.cache).
func Directory(what, variable string, names ...string) (string, error) {
	path := os.Getenv(variable)
	if path == "" {
		base, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("finding %s: %w: set %s", what, err, variable)
		}
		path = filepath.Join(append([]string{base}, names...)...)
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("finding %s: %w: set %s to an absolute path", what, err, variable)
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return "", fmt.Errorf("making %s: %w: set %s to one that can be written", what, err, variable)
	}
	return path, nil
}

// Path joins names to the state directory.
func (d Dir) Path(names ...string) string {
	return filepath.Join(append([]string{string(d)}, names...)...)
}

// ReadJSON decodes a file into v and reports whether there was one.
func ReadJSON(path string, v any) (bool, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("reading the lab's state: %w", err)
	}
	if err := json.Unmarshal(data, v); err != nil {
		return false, fmt.Errorf("reading %q: %w: delete the file and run up again", path, err)
	}
	return true, nil
}

// WriteJSON writes v (mode 0600) so that a reader sees the old content or the new one, never a part.
func WriteJSON(path string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("encoding %q: %w", path, err)
	}
	return WriteFile(path, append(data, '\n'))
}

// WriteFile replaces a file's content atomically (mode 0600).
func WriteFile(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("writing %q: %w", path, err)
	}
	_, err = f.Write(data)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("writing %q: %w", path, err)
	}
	return nil
}
