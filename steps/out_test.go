package steps

import (
	"path"
	"testing"
)

// An engine that copies a directory out of a container walks the directory above it, file by file.
func TestOutputsAreBesideNothingElse(t *testing.T) {
	for _, dir := range []string{reportsDir, artifactsDir, planOut} {
		if path.Dir(dir) != outDir || path.Dir(outDir) == "/" {
			t.Errorf("%s is not in a directory of its own below the top", dir)
		}
	}
}
