package module

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/iancoleman/strcase"
)

// ConfigName is the file that marks the directory of a module.
const ConfigName = "dagger.json"

// Config is the part of dagger.json that the runner reads.
type Config struct {
	Name    string   `json:"name"`
	Source  string   `json:"source"`
	Include []string `json:"include"`
	SDK     sdk      `json:"sdk"`

	// Dir is the absolute directory of dagger.json.
	Dir string `json:"-"`
}

// sdk is "go" or {"source": "go"}.
type sdk struct{ Source string }

func (s *sdk) UnmarshalJSON(b []byte) error {
	if json.Unmarshal(b, &s.Source) == nil {
		return nil
	}
	var object struct {
		Source string `json:"source"`
	}
	err := json.Unmarshal(b, &object)
	s.Source = object.Source
	return err
}

// Find returns the nearest directory that has a dagger.json: dir or one above.
func Find(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("finding the module: %w", err)
	}
	for at := abs; ; at = filepath.Dir(at) {
		if info, err := os.Stat(filepath.Join(at, ConfigName)); err == nil && info.Mode().IsRegular() {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("finding the module: no %s in %q or above: give its directory with -m", ConfigName, abs)
		}
	}
}

// ReadConfig reads the dagger.json of dir.
func ReadConfig(dir string) (Config, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return Config{}, fmt.Errorf("reading the module: %w", err)
	}
	path := filepath.Join(abs, ConfigName)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Config{}, fmt.Errorf("reading the module: no %s in %q: give the module's directory with -m", ConfigName, dir)
	}
	if err != nil {
		return Config{}, fmt.Errorf("reading the module: %w", err)
	}
	c := Config{Dir: abs}
	if err := json.Unmarshal(b, &c); err != nil {
		return Config{}, fmt.Errorf("reading %q: %w", path, err)
	}
	if c.Name == "" {
		return Config{}, fmt.Errorf("reading %q: no name: set \"name\"", path)
	}
	if c.SDK.Source != "go" {
		return Config{}, fmt.Errorf("reading %q: sdk %q: the embedded engine runs modules written in Go only: use dagger", path, c.SDK.Source)
	}
	return c, nil
}

// SourceDir is the directory of the module's Go files.
func (c Config) SourceDir() string { return filepath.Join(c.Dir, c.Source) }

// Object is the name of the module's main type.
func (c Config) Object() string { return strcase.ToCamel(c.Name) }

// Context is the directory that default paths with a leading slash are relative
// to: the top of the repository, or the module's directory outside of one.
func (c Config) Context() string {
	for at := c.Dir; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, ".git")); err == nil {
			return at
		}
		if at == filepath.Dir(at) {
			return c.Dir
		}
	}
}

// ContextPath is the host path of a default path.
func (c Config) ContextPath(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Join(c.Context(), path)
	}
	return filepath.Join(c.SourceDir(), path)
}
