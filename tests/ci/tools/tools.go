// Package tools installs the programs that the tests of the CI files need, each once, in the user's cache directory. A
// test is skipped where the machine lacks what they are installed with.
package tools

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// once returns a tool's command, in a directory of the tool's own. It installs it when it is not there yet, one process
// or test at a time.
func once(t testing.TB, name, command string, install func(dir string)) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(cache, "pipeline-tests", "tools", name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	lock, err := os.OpenFile(dir+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, command)
	if _, err := os.Stat(path); err != nil {
		install(dir)
	}
	return path
}

func run(t testing.TB, env []string, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("installing with %s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

// need installs a Debian package for a command that is not on PATH, or skips the test.
func need(t testing.TB, command, pkg string) {
	t.Helper()
	if _, err := exec.LookPath(command); err == nil {
		return
	}
	if _, err := exec.LookPath("apt-get"); err != nil || os.Getuid() != 0 {
		t.Skipf("no %s here, and it cannot be installed: root and apt-get are needed", command)
	}
	env := []string{"DEBIAN_FRONTEND=noninteractive"}
	install := []string{"-qq", "-o", "DPkg::Lock::Timeout=300", "install", "-y", "--no-install-recommends", pkg}
	cmd := exec.Command("apt-get", install...)
	cmd.Env = append(os.Environ(), env...)
	if cmd.Run() == nil {
		return
	}
	// The package lists of a fresh machine are empty or old.
	run(t, env, "apt-get", "-qq", "update")
	run(t, env, "apt-get", install...)
}

// CheckJSONSchema is the command of check-jsonschema, which carries the schemas of CI systems.
func CheckJSONSchema(t testing.TB) string {
	t.Helper()
	return once(t, "check-jsonschema-0.39.0", "bin/check-jsonschema", func(dir string) {
		need(t, "python3", "python3")
		if exec.Command("python3", "-c", "import ensurepip").Run() != nil {
			need(t, "python3-with-venv", "python3-venv")
		}
		run(t, nil, "python3", "-m", "venv", dir)
		run(t, nil, filepath.Join(dir, "bin", "pip"), "install", "-q", "--disable-pip-version-check", "check-jsonschema==0.39.0")
	})
}

// Go is the command of a Go package, given with its module's version.
func Go(t testing.TB, pkg string) string {
	t.Helper()
	path, version, _ := strings.Cut(pkg, "@")
	name := filepath.Base(path)
	return once(t, name+"-"+version, name, func(dir string) {
		run(t, []string{"GOBIN=" + dir, "GOFLAGS=", "GOWORK=off", "CGO_ENABLED=0"}, "go", "install", pkg)
	})
}

// GitLabCILocal is gitlab-ci-local, which runs a .gitlab-ci.yml without GitLab.
func GitLabCILocal(t testing.TB) string {
	t.Helper()
	if _, err := exec.LookPath("npm"); err != nil {
		t.Skip("no npm here: gitlab-ci-local is a package of npm")
	}
	need(t, "rsync", "rsync")
	return once(t, "gitlab-ci-local-4.61.1", "node_modules/.bin/gitlab-ci-local", func(dir string) {
		run(t, nil, "npm", "install", "--prefix", dir, "--no-audit", "--no-fund", "--silent", "gitlab-ci-local@4.61.1")
	})
}

// Chromium is a browser without a screen.
func Chromium(t testing.TB) string {
	t.Helper()
	need(t, "chromium-headless-shell", "chromium-headless-shell")
	path, err := exec.LookPath("chromium-headless-shell")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// Axe is the file of axe-core, a checker of accessibility, from a package that brings it.
func Axe(t testing.TB) string {
	t.Helper()
	return once(t, "axe-playwright-python-0.1.8", "axe_playwright_python/axe.min.js", func(dir string) {
		run(t, nil, filepath.Join(filepath.Dir(CheckJSONSchema(t)), "pip"), "install", "-q", "--disable-pip-version-check", "--no-deps", "--target", dir, "axe-playwright-python==0.1.8")
	})
}
