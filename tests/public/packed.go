package main

import (
	"archive/zip"
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// packed is what artifacts hold: sums of the contents, by artifact and path.
type packed map[string]string

func found(dir string, patterns []string) (packed, error) {
	all := packed{}
	for _, pattern := range patterns {
		paths, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return nil, err
		}
		for _, path := range paths {
			if err := all.add(dir, path); err != nil {
				return nil, err
			}
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("looking for %q: there is none", patterns)
	}
	return all, nil
}

func (p packed) add(dir, path string) error {
	name, err := filepath.Rel(dir, path)
	if err != nil {
		return err
	}
	archive, err := zip.OpenReader(path)
	if err != nil {
		data, err := os.ReadFile(path)
		p[name] = fmt.Sprintf("%x", sha256.Sum256(data))
		return err
	}
	defer archive.Close()
	for _, file := range archive.File {
		p[name+": "+file.Name] = fmt.Sprintf("%x", file.CRC32)
	}
	return nil
}

// compare says what differs, in one line.
func (p packed) compare(other packed) string {
	return differences(p, other, func(name string) bool {
		return !strings.HasSuffix(name, "/RECORD") && !strings.HasSuffix(name, ".pyc")
	})
}

// differences compares two maps by their names and, where that is asked for, their values.
func differences(p, other map[string]string, counts func(name string) bool) string {
	var differ []string
	for _, name := range slices.Sorted(maps.Keys(p)) {
		if _, ok := other[name]; !ok {
			differ = append(differ, name+" is missing")
		} else if p[name] != other[name] && counts(name) {
			differ = append(differ, name+" is another")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(other)) {
		if _, ok := p[name]; !ok {
			differ = append(differ, name+" is new")
		}
	}
	if len(differ) == 0 {
		return "same"
	}
	return fmt.Sprintf("%d of %d differ: %s", len(differ), len(p), strings.Join(differ[:min(3, len(differ))], ", "))
}
