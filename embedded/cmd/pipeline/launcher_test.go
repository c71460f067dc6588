package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestLauncherBuildsOnceForEachSource(t *testing.T) {
	c := newCheckout(t)
	for _, tc := range []struct {
		name   string
		change func()
		builds int
	}{
		{"first", func() {}, 1},
		{"unchanged", func() {}, 1},
		{"edit", func() { c.write("repo/embedded/cli/cli.go", "package cli // edited\n") }, 2},
		{"edit undone", func() { c.write("repo/embedded/cli/cli.go", "package cli\n") }, 2},
		{"same contents", func() { c.write("repo/embedded/cli/cli.go", "package cli\n") }, 2},
		{"new file", func() { c.write("repo/embedded/cli/new.go", "package cli\n") }, 3},
		{"file removed", func() { _ = os.Remove(c.dir + "/repo/embedded/cli/new.go") }, 3},
		{"new package", func() { c.write("repo/embedded/other/x.go", "package other\n") }, 4},
		{"file removed, new contents", func() { _ = os.Remove(c.dir + "/repo/embedded/cli/cli.go") }, 5},
		{"test", func() { c.write("repo/embedded/cli/cli_test.go", "package cli\n") }, 5},
		{"test data", func() { c.write("repo/embedded/cli/testdata/x", "x") }, 5},
		{"program lost", func() { _ = os.RemoveAll(c.dir + "/home/.cache/pipeline/bin") }, 6},
		{"module", func() { c.write("repo/main.go", "package main\n") }, 6},
	} {
		before := c.builds()
		c.tick()
		tc.change()
		c.tick()
		for range 2 {
			out, code := c.run("", "repo/pipeline")
			if code != 0 || c.builds() != tc.builds {
				t.Errorf("%s: exit code %d, %d builds, want %d: %s", tc.name, code, c.builds(), tc.builds, out)
			}
			if built := c.builds() > before; strings.HasPrefix(out, notice) != built {
				t.Errorf("%s: built %v, said %q", tc.name, built, out)
			}
			before = c.builds()
		}
	}
}

func TestLauncherPlacesAndNames(t *testing.T) {
	c := newCheckout(t)
	c.run("", "repo/pipeline")
	c.write("elsewhere/x", "")
	for link, target := range map[string]string{
		"bin/dagger":      c.dir + "/repo/pipeline",
		"elsewhere/there": "../repo/pipeline",
		"bin/twice":       "../elsewhere/there",
	} {
		if err := os.Symlink(target, filepath.Join(c.dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	repo := c.dir + "/repo"
	for _, tc := range []struct{ at, launcher, name string }{
		{"repo", "./pipeline", "pipeline"},
		{"repo/embedded", "../pipeline", "pipeline"},
		{"elsewhere", repo + "/pipeline", "pipeline"},
		{"elsewhere", c.dir + "/bin/dagger", "dagger"},
		{"elsewhere", "./there", "there"},
		{"", "bin/twice", "twice"},
		{"repo", "sh:dagger", "dagger"},
	} {
		launcher, args := tc.launcher, []string{"call", "a b", "*", ""}
		if rest, ok := strings.CutPrefix(launcher, "sh:"); ok { // found on PATH
			launcher, args = "/bin/sh", append([]string{"-c", `exec ` + rest + ` "$@"`, "sh"}, args...)
		}
		out, code := c.run(tc.at, launcher, args...)
		want := strings.Join([]string{tc.name, repo, repo + "/embedded", filepath.Join(c.dir, tc.at), "4 call a b *", "\n"}, " ")
		if code != 0 || out != want {
			t.Errorf("%s in %q: exit code %d\n got %q\nwant %q", tc.launcher, tc.at, code, out, want)
		}
	}
}

func TestLauncherCopyElsewhere(t *testing.T) {
	c := newCheckout(t)
	launcher, err := os.ReadFile(c.dir + "/repo/pipeline")
	if err != nil {
		t.Fatal(err)
	}
	c.write("copy/dagger", string(launcher))
	out, code := c.run("copy", "./dagger")
	want := "Error: finding the sources of the embedded engine: not at '" + c.dir + "/copy/embedded': set PIPELINE_EMBEDDED_DIR to the checkout's embedded directory\n"
	if code != 1 || out != want {
		t.Errorf("exit code %d: %s", code, out)
	}
	c.env = append(c.env, "PIPELINE_EMBEDDED_DIR="+c.dir+"/repo/embedded")
	out, code = c.run("copy", "./dagger", "functions")
	if code != 0 || !strings.Contains(out, "dagger "+c.dir+"/repo "+c.dir+"/repo/embedded ") {
		t.Errorf("exit code %d: %s", code, out)
	}
}

func TestLauncherPassesTheExitCode(t *testing.T) {
	c := newCheckout(t)
	c.env = append(c.env, "CODE=42")
	if out, code := c.run("repo", "./pipeline"); code != 42 {
		t.Errorf("exit code %d: %s", code, out)
	}
}

func TestLauncherErrors(t *testing.T) {
	for _, tc := range []struct{ name, env, want string }{
		{"no cache", "HOME=", "Error: finding the cache directory: HOME is not set: set PIPELINE_CACHE_DIR\n"},
		{"go fails", "GO_FAILS=1", notice + "x.go:1: broken\nError: building the pipeline command: go build failed: fix the errors above\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := newCheckout(t)
			good := c.env
			c.env = append(good[:len(good):len(good)], tc.env)
			if out, code := c.run("repo", "./pipeline"); code != 1 || out != tc.want {
				t.Errorf("exit code %d: %s", code, out)
			}
			for _, pattern := range []string{"/bin/*.*", "/checkouts" + c.dir + "/repo/embedded/*"} {
				if left, _ := filepath.Glob(c.dir + "/home/.cache/pipeline" + pattern); len(left) > 0 {
					t.Errorf("left behind %q", left)
				}
			}
			c.env = good
			if out, code := c.run("repo", "./pipeline"); code != 0 {
				t.Errorf("afterwards: exit code %d: %s", code, out)
			}
		})
	}
	t.Run("no go", func(t *testing.T) {
		c := newCheckout(t)
		tools := filepath.Join(c.dir, "tools")
		for _, name := range []string{"sh", "find", "sort", "xargs", "sha256sum", "cut", "mkdir", "flock", "readlink", "touch", "mv", "rm"} {
			path, err := exec.LookPath(name)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.MkdirAll(tools, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(path, filepath.Join(tools, name)); err != nil {
				t.Fatal(err)
			}
		}
		c.env = []string{"PATH=" + tools, "HOME=" + c.dir + "/home"}
		out, code := c.run("repo", "./pipeline")
		if code != 1 || out != "Error: building the pipeline command: go is not on PATH: install Go 1.26 or later\n" {
			t.Errorf("exit code %d: %s", code, out)
		}
	})
}

// TestLauncherEditDuringTheBuild: what go built of changed sources is not kept
// under the name of the others.
func TestLauncherEditDuringTheBuild(t *testing.T) {
	c := newCheckout(t)
	good := c.env
	c.env = append(good[:len(good):len(good)], "GO_EDITS="+c.dir+"/repo/embedded/cli/cli.go")
	want := notice + "Error: building the pipeline command: the sources changed meanwhile: run it again\n"
	if out, code := c.run("repo", "./pipeline"); code != 1 || out != want {
		t.Errorf("exit code %d: %s", code, out)
	}
	c.env = good
	if out, code := c.run("repo", "./pipeline"); code != 0 || c.builds() != 2 {
		t.Errorf("exit code %d, %d builds, want 2: %s", code, c.builds(), out)
	}
}

func TestLauncherForgetsOldPrograms(t *testing.T) {
	c := newCheckout(t)
	c.write("home/.cache/pipeline/bin/old/pipeline", "")
	c.write("home/.cache/pipeline/bin/recent/pipeline", "")
	old := time.Now().Add(-9 * 24 * time.Hour)
	if err := os.Chtimes(c.dir+"/home/.cache/pipeline/bin/old", old, old); err != nil {
		t.Fatal(err)
	}
	if out, code := c.run("repo", "./pipeline"); code != 0 {
		t.Fatalf("exit code %d: %s", code, out)
	}
	left, err := filepath.Glob(c.dir + "/home/.cache/pipeline/bin/*/pipeline")
	if err != nil || len(left) != 2 || strings.Contains(strings.Join(left, " "), "/old/") {
		t.Errorf("left %q: %v", left, err)
	}
}

func TestLauncherTwoAtOnce(t *testing.T) {
	c := newCheckout(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if out, code := c.run("repo", "./pipeline"); code != 0 {
				t.Errorf("exit code %d: %s", code, out)
			}
		})
	}
	wg.Wait()
	if c.builds() != 1 {
		t.Errorf("%d builds, want 1", c.builds())
	}
}

// A release has the command for its sources: nothing is built until they are edited.
func TestLauncherOfARelease(t *testing.T) {
	c := newCheckout(t)
	c.run("", "repo/pipeline")
	built, err := filepath.Glob(c.dir + "/home/.cache/pipeline/bin/*/pipeline")
	if err != nil || len(built) != 1 {
		t.Fatal(built, err)
	}
	sum := filepath.Base(filepath.Dir(built[0]))
	if err := os.CopyFS(c.dir+"/repo/prebuilt/bin/"+sum, os.DirFS(filepath.Dir(built[0]))); err != nil {
		t.Fatal(err)
	}
	sums := exec.Command("sh", "-c", "find bin -type f | xargs sha256sum > SHA256SUMS")
	sums.Dir = c.dir + "/repo/prebuilt"
	if out, err := sums.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	anew := func() { _ = os.RemoveAll(c.dir + "/home/.cache") }
	before := c.builds()
	anew()
	for range 2 {
		if out, code := c.run("", "repo/pipeline"); code != 0 || c.builds() != before || strings.HasPrefix(out, notice) {
			t.Errorf("exit code %d, %d builds, want %d: %s", code, c.builds(), before, out)
		}
	}
	anew()
	c.write("repo/prebuilt/bin/"+sum+"/shim", "#!/bin/sh\n")
	if out, code := c.run("", "repo/pipeline"); code != 1 || !strings.Contains(out, "it is not what SHA256SUMS says: unpack the release again") {
		t.Errorf("a changed shim: exit code %d: %s", code, out)
	}
	c.write("repo/embedded/cli/cli.go", "package cli // edited\n")
	if out, code := c.run("", "repo/pipeline"); code != 0 || c.builds() != before+1 {
		t.Errorf("edited: exit code %d, %d builds: %s", code, c.builds(), out)
	}
}
