package daemon

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The command is BuildKit's of the version in go.mod, with the worker that the engine uses and without what it
// is trimmed of.
func TestTrim(t *testing.T) {
	src, err := readSource("..")
	if err != nil {
		t.Fatal(err)
	}
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	overlay, err := trim(context.Background(), goTool, src, filepath.Join(t.TempDir(), "src"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(goTool, "list", "-overlay", overlay, "-deps", embeddedModule+"/cmd/buildkitd")
	cmd.Dir, cmd.Env = src.dir, buildEnv(cmd.Environ())
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(said(err))
	}
	packages := string(out)
	for _, want := range []string{"/worker/runc\n", "/cache/remotecache/registry\n", "/util/network/cniprovider\n"} {
		if !strings.Contains(packages, want) {
			t.Errorf("no package ends with %q", want)
		}
	}
	for _, left := range []string{"/aws-sdk-go-v2", "/azure-sdk-for-go", "/worker/containerd\n", "/sigstore-go/pkg/verify", "/policy-helpers\n"} {
		if strings.Contains(packages, left) {
			t.Errorf("a package has %q in its name", left)
		}
	}
}
