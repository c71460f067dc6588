// Package state keeps what the lab remembers between commands: its directories, the running
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

// Open returns the state directory, made when missing (mode 0700): $LAB_DIR, else pipeline-lab
// in the user's cache directory ($XDG_CACHE_HOME or ~/.cache).
func Open() (Dir, error) {
	path := os.Getenv("LAB_DIR")
	if path == "" {
		base, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("finding the lab's directory: %w: set LAB_DIR", err)
		}
		path = filepath.Join(base, "pipeline-lab")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("finding the lab's directory: %w: set LAB_DIR to an absolute path", err)
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return "", fmt.Errorf("making the lab's directory: %w: set LAB_DIR to one that can be written", err)
	}
	return Dir(path), nil
}

// Cache returns the directory of what several labs can share (base images, the AWS stand-in's
// virtualenv), made when missing: $LAB_CACHE_DIR, else "cache" in the default state directory.
func Cache() (string, error) {
	path := os.Getenv("LAB_CACHE_DIR")
	if path == "" {
		base, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("finding the lab's cache: %w: set LAB_CACHE_DIR", err)
		}
		path = filepath.Join(base, "pipeline-lab", "cache")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("finding the lab's cache: %w: set LAB_CACHE_DIR to an absolute path", err)
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return "", fmt.Errorf("making the lab's cache: %w: set LAB_CACHE_DIR to one that can be written", err)
	}
	return path, nil
}

// Path joins names to the state directory.
func (d Dir) Path(names ...string) string {
	return filepath.Join(append([]string{string(d)}, names...)...)
}

// ReadJSON decodes a file into v and tells whether there was one.
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

// WriteFile replaces a file's content in one step (mode 0600).
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
