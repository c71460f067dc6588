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

// dir is a directory for one tool, locked until the test ends so that two tests do not install it at once.
func dir(t testing.TB, name string) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	d := filepath.Join(cache, "pipeline-tests", "tools", name)
	if err := os.MkdirAll(d, 0o700); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(d+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	return d
}

func run(t testing.TB, env []string, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("installing with %s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
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
	d := dir(t, "check-jsonschema-0.39.0")
	command := filepath.Join(d, "bin", "check-jsonschema")
	if exists(command) {
		return command
	}
	need(t, "python3", "python3")
	if exec.Command("python3", "-c", "import ensurepip").Run() != nil {
		need(t, "python3-with-venv", "python3-venv")
	}
	run(t, nil, "python3", "-m", "venv", d)
	run(t, nil, filepath.Join(d, "bin", "pip"), "install", "-q", "--disable-pip-version-check", "check-jsonschema==0.39.0")
	return command
}

// Go is the command of a Go module, given with its version.
func Go(t testing.TB, module string) string {
	t.Helper()
	path, version, _ := strings.Cut(module, "@")
	name := filepath.Base(path)
	d := dir(t, name+"-"+version)
	command := filepath.Join(d, name)
	if !exists(command) {
		run(t, []string{"GOBIN=" + d, "GOFLAGS=", "GOWORK=off", "CGO_ENABLED=0"}, "go", "install", module)
	}
	return command
}

// GitLabCILocal is gitlab-ci-local, which runs a .gitlab-ci.yml without GitLab.
func GitLabCILocal(t testing.TB) string {
	t.Helper()
	if _, err := exec.LookPath("npm"); err != nil {
		t.Skip("no npm here: gitlab-ci-local is a package of npm")
	}
	need(t, "rsync", "rsync")
	d := dir(t, "gitlab-ci-local-4.61.1")
	command := filepath.Join(d, "node_modules", ".bin", "gitlab-ci-local")
	if !exists(command) {
		run(t, nil, "npm", "install", "--prefix", d, "--no-audit", "--no-fund", "--silent", "gitlab-ci-local@4.61.1")
	}
	return command
}
