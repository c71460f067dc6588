package daemon

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestFreeMemory(t *testing.T) {
	const meminfo, v2, used2, v1 = "proc/meminfo", "sys/fs/cgroup/memory.max", "sys/fs/cgroup/memory.current", "sys/fs/cgroup/memory/memory.limit_in_bytes"
	for name, test := range map[string]struct {
		files map[string]string
		want  int64
	}{
		"the machine's":       {map[string]string{meminfo: "MemTotal: 9 kB\nMemAvailable:   8000 kB\n"}, 8000 << 10},
		"a group's limit":     {map[string]string{meminfo: "MemAvailable: 8000 kB\n", v2: "4000000\n", used2: "1000000\n"}, 3000000},
		"a group without one": {map[string]string{meminfo: "MemAvailable: 8000 kB\n", v2: "max\n", used2: "1000000\n"}, 8000 << 10},
		"version 1":           {map[string]string{meminfo: "MemAvailable: 8000 kB\n", v1: "5000000\n"}, 5000000},
		"version 1, none":     {map[string]string{meminfo: "MemAvailable: 8000 kB\n", v1: "18446744073709551615\n"}, 8000 << 10},
		"a full group":        {map[string]string{meminfo: "MemAvailable: 8000 kB\n", v2: "10\n", used2: "20\n"}, 0},
		"unknown":             {nil, 0},
	} {
		root := t.TempDir()
		for file, text := range test.files {
			if err := os.MkdirAll(filepath.Join(root, filepath.Dir(file)), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(root, file), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got := freeMemory(root); got != test.want {
			t.Errorf("%s: got %d, want %d", name, got, test.want)
		}
	}
}

func TestMountedFrom(t *testing.T) {
	const info = "1 0 0:1 / / rw - ext4 /dev/vda rw\n2 1 0:2 / /s\\040t rw shared:1 - tmpfs first rw\n3 2 0:3 / /s\\040t rw - tmpfs last rw\n4 1 0:4 / /s\\040t/below rw - tmpfs other rw\n"
	for dir, want := range map[string]string{"/s t": "last", "/s": "", "/": "/dev/vda"} {
		if got := mountedFrom(info, dir); got != want {
			t.Errorf("%q: got %q, want %q", dir, got, want)
		}
	}
}

// TestKeepNothing: the state is in memory while the engine runs, commands run there, and
// it is gone with the engine; without the setting it is on disk.
func TestKeepNothing(t *testing.T) {
	d := engine(t)
	if freeMemory("/")/2 < memoryAtLeast {
		t.Skip("needs 6 GB of free memory")
	}
	onTmpfs := func() bool {
		var fs unix.Statfs_t
		if err := unix.Statfs(d.state, &fs); err != nil {
			t.Fatal(err)
		}
		return fs.Type == unix.TMPFS_MAGIC
	}
	t.Setenv(keepVariable, "nothing")
	c := connect(t)
	if !onTmpfs() {
		t.Fatal("the state is not in memory")
	}
	s, opt := probe(t, []string{"confined"})
	if out, err := solve(t.Context(), c, s, opt); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	info, err := Status(t.Context())
	want := "overlayfs"
	if tryFuse("/dev/fuse") == nil {
		want = "stargz"
	}
	if err != nil || info.Snapshotter != want || info.Records == 0 {
		t.Errorf("status %+v, %v, want %s", info, err, want)
	}
	c.Close()
	if err := Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(d.state)
	if err != nil || onTmpfs() || len(left) > 0 {
		t.Errorf("after the end: in memory %t, left %v, %v", onTmpfs(), left, err)
	}
	t.Setenv(keepVariable, "")
	connect(t)
	if onTmpfs() {
		t.Error("the state is in memory although all is kept")
	}
}

func TestKeepUnknown(t *testing.T) {
	t.Setenv(keepVariable, "none")
	err := inMemory(dirs{state: t.TempDir()}, new(bytes.Buffer))
	if err == nil || !strings.Contains(err.Error(), `reading PIPELINE_KEEP "none": want all or nothing`) {
		t.Errorf("got %v", err)
	}
}
