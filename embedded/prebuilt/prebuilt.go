// Package prebuilt finds the programs that a release ships beside the sources that they were built from, under
// the names that they would have in the cache. Those names contain a hash of the sources: after an edit they no
// longer match, and the programs are built.
package prebuilt

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// The directory of a release's programs, in the top directory of its sources, and the file in it with the
// SHA-256 of each.
const (
	dirName  = "prebuilt"
	sumsName = "SHA256SUMS"
)

// Find returns the path of a program, or of a directory of them, of the release in the directory top; "" if it
// has none of that name. They match the release's checksums.
func Find(top, name string) (string, error) {
	root := filepath.Join(top, dirName)
	path := filepath.Join(root, filepath.FromSlash(name))
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	sums, err := readSums(filepath.Join(root, sumsName))
	if err != nil {
		return "", fmt.Errorf("verifying %q: %w: unpack the release again", path, err)
	}
	err = filepath.WalkDir(path, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		if !d.Type().IsRegular() || sums[filepath.ToSlash(rel)] == "" {
			return fmt.Errorf("%s is not part of the release", rel)
		}
		sum, err := sumOf(file)
		if err == nil && sum != sums[filepath.ToSlash(rel)] {
			err = fmt.Errorf("%s is not what %s says", rel, sumsName)
		}
		return err
	})
	if err != nil {
		return "", fmt.Errorf("verifying %q: %w: unpack the release again", path, err)
	}
	return path, nil
}

// readSums reads what sha256sum writes.
func readSums(name string) (map[string]string, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	sums := map[string]string{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if sum, file, ok := strings.Cut(lines.Text(), "  "); ok {
			sums[strings.TrimPrefix(file, "./")] = sum
		}
	}
	return sums, lines.Err()
}

func sumOf(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
