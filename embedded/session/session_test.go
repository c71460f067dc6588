package session

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"dagger/pipeline/embedded/daemon"
)

// newServer gives a session on the real engine.
func newServer(t *testing.T) *Server {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("the engine needs root")
	}
	shim := filepath.Join(t.TempDir(), "shim")
	build := exec.Command("go", "build", "-o", shim, "dagger/pipeline/embedded/cmd/shim")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the shim: %v: %s", err, out)
	}
	s := New(Options{
		Connect:  func(ctx context.Context) (string, error) { return daemon.Connect(ctx, os.Stderr) },
		Progress: "quiet",
		Shim:     shim,
		Workdir:  t.TempDir(),
	})
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func query(t *testing.T, s *Server, q string) string {
	t.Helper()
	data, err := s.Query(context.Background(), q)
	if err != nil {
		t.Fatalf("%s: %v", q, err)
	}
	return leaf(t, data)
}

// leaf is the one value at the end of a chain: text as it is, anything else as
// JSON.
func leaf(t *testing.T, data json.RawMessage) string {
	t.Helper()
	var out any
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	for {
		m, ok := out.(map[string]any)
		if !ok || len(m) != 1 {
			break
		}
		for _, v := range m {
			out = v
		}
	}
	if text, ok := out.(string); ok {
		return text
	}
	b, _ := json.Marshal(out)
	return string(b)
}

func TestFilesOfAScratchDirectory(t *testing.T) {
	s := newServer(t)
	got := query(t, s, `{directory{withNewFile(path:"a/b.txt",contents:"hi"){file(path:"a/b.txt"){contents}}}}`)
	if got != "hi" {
		t.Errorf("got %q", got)
	}
}
