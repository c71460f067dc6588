package daemon

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEnvironment(t *testing.T) {
	all := []string{"PIPELINE_CACHE_DIR", "PIPELINE_STATE_DIR", "PIPELINE_RUN_DIR", "XDG_CACHE_HOME", "HOME"}
	for _, test := range []struct {
		name string
		env  map[string]string
		want dirs
		err  string
	}{
		{"defaults", map[string]string{"HOME": "/home/a"}, dirs{"/home/a/.cache/pipeline", "/var/lib/pipeline", "/run/pipeline"}, ""},
		{"xdg", map[string]string{"HOME": "/home/a", "XDG_CACHE_HOME": "/x"}, dirs{"/x/pipeline", "/var/lib/pipeline", "/run/pipeline"}, ""},
		{"overrides", map[string]string{"PIPELINE_CACHE_DIR": "/c", "PIPELINE_STATE_DIR": "/s/", "PIPELINE_RUN_DIR": "/r", "XDG_CACHE_HOME": "/x"}, dirs{"/c", "/s", "/r"}, ""},
		{"long", map[string]string{"HOME": "/", "PIPELINE_RUN_DIR": "/" + strings.Repeat("r", 100)}, dirs{}, "shorter path"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, name := range all {
				t.Setenv(name, test.env[name])
			}
			got, err := environment()
			if test.err != "" {
				oneLine(t, err, test.err)
			} else if err != nil || got != test.want {
				t.Errorf("got %+v, %v, want %+v", got, err, test.want)
			}
		})
	}
}

func TestPrivate(t *testing.T) {
	base := t.TempDir()
	open := filepath.Join(base, "open")
	if err := os.Mkdir(open, 0o755); err != nil {
		t.Fatal(err)
	}
	oneLine(t, private(open, "PIPELINE_RUN_DIR"), open, "lets others in", "PIPELINE_RUN_DIR")
	file := filepath.Join(base, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	oneLine(t, private(file, "PIPELINE_RUN_DIR"), file, "not a directory")
	made := filepath.Join(base, "a", "b")
	for range 2 {
		if err := private(made, ""); err != nil {
			t.Fatal(err)
		}
	}
	if info, err := os.Stat(made); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v, want mode 0700", info, err)
	}
}
