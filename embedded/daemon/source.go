package daemon

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
)

const (
	embeddedModule = "dagger/pipeline/embedded"
	buildkitModule = "github.com/moby/buildkit"
	pluginsModule  = "github.com/containernetworking/plugins"
)

// source is the embedded module's directory, whose go.mod pins buildkitd.
type source struct {
	dir     string
	version string // buildkit's, such as v0.34.2
	sum     string // first 12 hex digits of the SHA-256 of go.sum, our own programs and what buildkitd is built without
}

// name is the name of the directory with the programs that are built from it.
func (s source) name() string { return s.version + "-" + s.sum }

// findSource looks in PIPELINE_EMBEDDED_DIR, else upwards from the
// working directory and from the executable.
func findSource() (source, error) {
	if dir := os.Getenv("PIPELINE_EMBEDDED_DIR"); dir != "" {
		s, err := readSource(dir)
		if err != nil {
			return source{}, fmt.Errorf("reading PIPELINE_EMBEDDED_DIR %q: %w", dir, err)
		}
		return s, nil
	}
	var from []string
	if dir, err := os.Getwd(); err == nil {
		from = append(from, dir)
	}
	if exe, err := os.Executable(); err == nil {
		from = append(from, filepath.Dir(exe))
	}
	for _, dir := range from {
		for ; ; dir = filepath.Dir(dir) {
			for _, candidate := range []string{dir, filepath.Join(dir, "embedded")} {
				if s, err := readSource(candidate); err == nil {
					return s, nil
				}
			}
			if dir == filepath.Dir(dir) {
				break
			}
		}
	}
	return source{}, fmt.Errorf("finding the source of buildkitd: no module %s above %q: set PIPELINE_EMBEDDED_DIR to it", embeddedModule, from)
}

func readSource(dir string) (source, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return source{}, err
	}
	name := filepath.Join(dir, "go.mod")
	data, err := os.ReadFile(name)
	if err != nil {
		return source{}, err
	}
	mod, err := modfile.ParseLax(name, data, nil)
	if err != nil {
		return source{}, err
	}
	if mod.Module == nil || mod.Module.Mod.Path != embeddedModule {
		return source{}, fmt.Errorf("%q is not module %s", name, embeddedModule)
	}
	sum, err := sourceSum(dir)
	if err != nil {
		return source{}, err
	}
	for _, r := range mod.Require {
		if r.Mod.Path == buildkitModule {
			return source{dir: dir, version: r.Mod.Version, sum: sum}, nil
		}
	}
	return source{}, fmt.Errorf("%q does not require %s", name, buildkitModule)
}

// sourceSum covers what an engine is built from.
func sourceSum(dir string) (string, error) {
	files := []string{filepath.Join(dir, "go.sum")}
	for _, own := range []string{"cmd/uplink", "cmd/confine", "subnet"} {
		found, err := filepath.Glob(filepath.Join(dir, own, "*.go"))
		if err != nil {
			return "", err
		}
		files = append(files, found...)
	}
	hash := sha256.New()
	fmt.Fprintln(hash, unused)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(hash, "%s %d\n%s", filepath.Base(file), len(data), data)
	}
	return hex.EncodeToString(hash.Sum(nil))[:12], nil
}
