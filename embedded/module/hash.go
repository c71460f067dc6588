package module

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Hash is the digest of everything that the module's program is made of: the
// files that dagger.json includes, the toolchain and salt.
func (c Config) Hash(salt string) (string, error) {
	h := sha256.New()
	fmt.Fprintf(h, "%s\x00%s\x00%s\x00%s\x00", salt, runtime.Version(), runtime.GOARCH, c.Name)
	err := c.eachFile(func(path string) error { return hashFile(h, c.Dir, path) })
	if err != nil {
		return "", fmt.Errorf("reading the module: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func hashFile(h io.Writer, root, path string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	rel, err := filepath.Rel(root, path)
	if err != nil {
		return err
	}
	fmt.Fprintf(h, "%s\x00%d\x00", filepath.ToSlash(rel), len(b))
	_, err = h.Write(b)
	return err
}

// eachFile visits the files that the module is loaded from, in a fixed order:
// those of dagger.json's include if it has plain paths, else the whole tree.
// Tests, bindings, hidden files and nested Go modules are not part of it.
func (c Config) eachFile(visit func(path string) error) error {
	for _, root := range c.roots() {
		info, err := os.Stat(root)
		if err != nil {
			continue // an include that names nothing
		}
		if !info.IsDir() {
			if err := visit(root); err != nil {
				return err
			}
			continue
		}
		err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case path == root:
				return nil
			case strings.HasPrefix(d.Name(), "."):
				return skip(d)
			case d.IsDir():
				return c.enter(path)
			case !d.Type().IsRegular() || strings.HasSuffix(path, "_test.go") || path == filepath.Join(c.SourceDir(), GeneratedFile):
				return nil
			}
			return visit(path)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func skip(d fs.DirEntry) error {
	if d.IsDir() {
		return fs.SkipDir
	}
	return nil
}

// enter skips a directory that is a separate Go module or holds bindings.
func (c Config) enter(dir string) error {
	if dir == filepath.Join(c.SourceDir(), "internal", "dagger") {
		return fs.SkipDir
	}
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
		return fs.SkipDir
	}
	return nil
}

// roots are where the files are. An include that begins with "!" only leaves out of the
// others, what stands before it: all that Dagger would load by itself, and tests.
func (c Config) roots() []string {
	roots := []string{filepath.Join(c.Dir, ConfigName)}
	for _, p := range c.Include {
		switch {
		case strings.HasPrefix(p, "!"):
		case strings.ContainsAny(p, "*?["):
			return []string{c.Dir}
		default:
			roots = append(roots, filepath.Join(c.Dir, p))
		}
	}
	if len(roots) == 1 {
		return []string{c.Dir}
	}
	return roots
}
