package tests

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The engine's release tests a project where there is neither Go nor runc.
func TestEngineRelease(t *testing.T) {
	e := world.Embedded(t, ownEngine).Another(t)
	if exec.Command("git", "-C", world.Root, "diff", "--quiet", "HEAD").Run() != nil {
		t.Skip("the checkout has changes: a release is made of a commit")
	}
	release := exec.Command(filepath.Join(world.Root, ".ci/engine"))
	if out, err := release.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	archives, err := filepath.Glob(filepath.Join(world.Root, "dist/pipeline-engine-linux-*.tar.gz"))
	if err != nil || len(archives) != 1 {
		t.Fatal(archives, err)
	}
	dir := t.TempDir()
	if out, err := exec.Command("tar", "-C", dir, "--strip-components=1", "-xzf", archives[0]).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	bin := t.TempDir()
	for _, tool := range []string{"sh", "readlink", "find", "sha256sum", "sort", "xargs", "cut", "grep", "mkdir", "touch", "mv", "rm", "unshare"} {
		path, err := exec.LookPath(tool)
		if err == nil {
			err = os.Symlink(path, filepath.Join(bin, tool))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	e.Root = dir
	e.Env = []string{"PATH=" + bin, "PIPELINE_CACHE_DIR=" + filepath.Join(t.TempDir(), "cache")}
	world.On(e).Succeed(t, world.Project(t).Call("test"))
}
