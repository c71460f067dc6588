package daemon

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestFindSource(t *testing.T) {
	t.Setenv("PIPELINE_EMBEDDED_DIR", "")
	own, err := findSource() // from the test's working directory
	if err != nil || filepath.Base(own.dir) != "embedded" || !strings.HasPrefix(own.version, "v0.") || len(own.sum) != 12 {
		t.Fatalf("findSource = %+v, %v", own, err)
	}
	t.Chdir(filepath.Dir(own.dir))
	if above, err := findSource(); err != nil || above != own {
		t.Errorf("above: %+v, %v, want %+v", above, err, own)
	}
	t.Chdir(t.TempDir())
	_, err = findSource()
	oneLine(t, err, "PIPELINE_EMBEDDED_DIR")
	t.Setenv("PIPELINE_EMBEDDED_DIR", own.dir)
	if named, err := findSource(); err != nil || named != own {
		t.Errorf("named: %+v, %v, want %+v", named, err, own)
	}
	t.Setenv("PIPELINE_EMBEDDED_DIR", filepath.Dir(own.dir))
	_, err = findSource()
	oneLine(t, err, "PIPELINE_EMBEDDED_DIR", embeddedModule)
}
