package python

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

// fromGit is a project that takes its version from git, in a repository of its own.
func fromGit(t *testing.T) *harness.Project {
	t.Helper()
	p := project(t, "requirements")
	p.Write("pyproject.toml", `
[project]
name = "dated"
dynamic = ["version"]
[build-system]
requires = ["hatchling", "hatch-vcs"]
build-backend = "hatchling.build"
[tool.hatch.version]
source = "vcs"
`)
	p.Remove("Makefile")
	p.Write("dated.py", "")
	p.Write("README.md", "not sent to what is built\n")
	p.Write("tests/test_plain.py", "from importlib.metadata import version\n\n\ndef test_version():\n    assert version(\"dated\") == \"1.2.4\"\n")
	p.Write(".gitignore", "artifact.zip\n")
	git(t, p, "init", "-q")
	commit(t, p)
	git(t, p, "tag", "v1.2.3")
	p.Append("dated.py", "# more\n")
	commit(t, p)
	return p
}

func git(t *testing.T, p *harness.Project, args ...string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), "git", append([]string{"-C", p.Dir, "-c", "user.name=t", "-c", "user.email=t@example.com"}, args...)...)
	c.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("git %s: %v: %s", args[0], err, out)
	}
}

func commit(t *testing.T, p *harness.Project) {
	t.Helper()
	git(t, p, "add", "-A")
	git(t, p, "commit", "-q", "--allow-empty", "-m", "more")
}

// A version that comes from git is in the package as it is; the tests know the release,
// and do not run again for a commit that changes nothing of theirs.
func TestVersionFromGit(t *testing.T) {
	p := fromGit(t)
	flags := []string{"--git", p.Path(".git")}
	passes(t, p, "1 test passed", flags...)
	first := packedVersion(t, p, flags)
	if !strings.HasPrefix(first, "1.2.4.dev1+g") {
		t.Errorf("the package is of version %q", first)
	}
	commit(t, p)
	if r := passes(t, p, "1 test passed", flags...); world.Engine.Name() == "embedded" && tested(r) {
		t.Errorf("a commit without a change ran the tests: %q", r.Ran())
	}
	if got := packedVersion(t, p, flags); !strings.HasPrefix(got, "1.2.4.dev2+g") {
		t.Errorf("after one more commit the package is of version %q", got)
	}
	// The configuration, where CI systems keep a token, is not sent: git could not read this one.
	p.Write(".git/config", "[http] extraheader a token\n")
	if got := packedVersion(t, p, flags); !strings.HasPrefix(got, "1.2.4.dev2+g") {
		t.Errorf("with another configuration the package is of version %q", got)
	}

	r := world.Run(t, p.Call("test"))
	if want := "version: hatch-vcs takes it from git, which is no part of the source: it is 0.0.0: give --git .git, or --project-version"; r.Code == 0 || !strings.Contains(r.Stderr, want) {
		t.Errorf("exit code %d, want %q in\n%s", r.Code, want, r.Stderr)
	}
	p.Write(".git/config", "")
	shallow := world.Empty(t)
	git(t, shallow, "clone", "-q", "--depth", "1", "file://"+p.Dir, "clone")
	r = world.Run(t, p.Call("--git", shallow.Path("clone/.git"), "test"))
	if want := "finding the version in git (--git): the clone is shallow and has no tag: give the .git directory of a clone with its tags"; r.Code == 0 || !strings.Contains(r.Stderr, want) {
		t.Errorf("exit code %d, want %q in\n%s", r.Code, want, r.Stderr)
	}
}

// packedVersion is the version in the metadata of the project's Lambda package.
func packedVersion(t *testing.T, p *harness.Project, flags []string) string {
	t.Helper()
	archive, _ := pack(t, p, flags)
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.File {
		if !strings.HasPrefix(f.Name, "dated-") || !strings.HasSuffix(f.Name, "/METADATA") {
			continue
		}
		file, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(file)
		if err != nil {
			t.Fatal(err)
		}
		_, version, _ := strings.Cut(string(text), "\nVersion: ")
		version, _, _ = strings.Cut(version, "\n")
		return version
	}
	t.Fatalf("no metadata in %q", entries(t, archive))
	return ""
}
