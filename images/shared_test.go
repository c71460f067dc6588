package images

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Installing runs code of the packages, and package managers trust their caches. So nothing
// that installs has a volume. The only volumes are those in which steps keep reports and
// states, by project and level.
func TestNoVolumeWhereAnythingIsInstalled(t *testing.T) {
	for _, dir := range []string{".", "../steps"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(files) < 10 {
			t.Fatalf("%d files in %s, %v", len(files), dir, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") || volumes[filepath.Base(file)] && dir == "../steps" {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, word := range []string{"CacheVolume", "WithMountedCache"} {
				if strings.Contains(string(text), word) {
					t.Errorf("%s has a %s: what one project puts there, another would install", file, word)
				}
			}
		}
	}
}

// volumes are the files of steps that may have one.
var volumes = map[string]bool{"state.go": true, "test.go": true}
