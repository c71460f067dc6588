package daemon

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestBuildEnv(t *testing.T) {
	got := buildEnv([]string{"HOME=/h", "GOOS=plan9", "GOFLAGS=-mod=vendor", "CGO_ENABLED=1"})
	if want := []string{"HOME=/h", "GOWORK=off", "CGO_ENABLED=0"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestBuildFailure(t *testing.T) {
	for output, want := range map[string][2]string{
		"go: downloading a v1\ngo: a@v1: dial tcp: refused\n":                {"go: a@v1: dial tcp: refused", `in "/e"`},
		"# example/a\n./a.go:1: undefined: x\n./a.go:2: undefined: y\n":      {"./a.go:1: undefined: x", `in "/e"`},
		"# example/a\ncopying /t/a.out: write /c: no space left on device\n": {"no space left on device", "PIPELINE_CACHE_DIR"},
		"": {"exit status 1", `in "/e"`},
	} {
		reason, try := buildFailure(output, errors.New("exit status 1"), source{dir: "/e"})
		if reason != want[0] || !strings.Contains(try, want[1]) {
			t.Errorf("%q: got %q, %q, want %q", output, reason, try, want)
		}
	}
}

func TestRemoveOldEngines(t *testing.T) {
	dir := t.TempDir()
	now := time.Now()
	for i, name := range []string{"v-d", "v-a", "v-b", "v-c", "other"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, nil, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, now, now.Add(-time.Duration(i)*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	removeOldEngines(dir)
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range left {
		left[i] = filepath.Base(left[i])
	}
	if want := []string{"other", "v-a", "v-b", "v-d"}; !slices.Equal(left, want) {
		t.Errorf("left %q, want %q", left, want)
	}
}
