package tests

import (
	"archive/tar"
	"archive/zip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

func TestExportFile(t *testing.T) {
	p := world.Project(t)
	dir := t.TempDir()
	byFlag, byFunction := filepath.Join(dir, "new", "a.zip"), filepath.Join(dir, "b.zip")
	world.Succeed(t, p.Call("build-package", "-o", byFlag))
	world.Succeed(t, p.Call("build-package", "export", "--path", byFunction))
	one, two := contents(t, byFlag), contents(t, byFunction)
	if one != two || one == "" {
		t.Errorf("-o wrote %d bytes, export %d: want the same file", len(one), len(two))
	}
	archive, err := zip.OpenReader(byFlag)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	if _, err := archive.Open("fixture/__init__.py"); err != nil {
		t.Errorf("the package lacks the project: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*", ".export*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func contents(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestExportDirectory(t *testing.T) {
	p := world.Project(t)
	dir := filepath.Join(t.TempDir(), "reports")
	r := world.Succeed(t, p.Call("test-reports", "-o", dir))
	for _, name := range []string{"junit.xml", "coverage.xml"} {
		if text := contents(t, filepath.Join(dir, name)); !strings.HasPrefix(text, "<?xml") {
			t.Errorf("%s is %.40q", name, text)
		}
	}
	if world.Engine.Name() == "embedded" && strings.Contains(r.Stderr, "WARN") {
		t.Errorf("an export warns:\n%s", r.Stderr)
	}
	entries := world.Succeed(t, p.Call("test-reports", "entries"))
	if got := strings.Fields(entries.Stdout); len(got) != 2 {
		t.Errorf("entries %q, want two", got)
	}
	one := world.Succeed(t, p.Call("test-reports", "file", "--path", "junit.xml", "contents"))
	if one.Stdout != contents(t, filepath.Join(dir, "junit.xml")) {
		t.Error("the contents of the report differ from the exported file")
	}
}

func TestExportTarball(t *testing.T) {
	p := world.Project(t)
	path := filepath.Join(t.TempDir(), "image.tar")
	world.Succeed(t, p.Call("terraform-container", "as-tarball", "-o", path))
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	found := map[string]bool{}
	for r := tar.NewReader(f); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		found[header.Name] = true
	}
	for _, name := range []string{"oci-layout", "index.json"} {
		if !found[name] {
			t.Errorf("the archive has no %s", name)
		}
	}
}

// What is pushed can be pulled by its digest, and works as a base image.
func TestPublishAndPullByDigest(t *testing.T) {
	p := world.Project(t)
	address := world.Lab.Registry + "/published/" + strings.ToLower(filepath.Base(filepath.Dir(p.Dir)))[:12] + ":one"
	r := world.Succeed(t, p.Push(address, "app-container"))
	reference := strings.TrimSpace(r.Stdout)
	if !strings.HasPrefix(reference, address+"@sha256:") {
		t.Fatalf("publish gave %q, want %q and a digest", reference, address)
	}
	pulled := world.Succeed(t, p.Call("--python-image", reference, "app-container", "with-exec", "--args", "poetry,--version", "stdout"))
	if !strings.HasPrefix(pulled.Stdout, "Poetry (version 2.") {
		t.Errorf("in the pulled image poetry says %q", pulled.Stdout)
	}
	again := world.Succeed(t, p.Push(address, "app-container"))
	if strings.TrimSpace(again.Stdout) != reference {
		t.Errorf("published again it is %q, at first %q", again.Stdout, reference)
	}
}

// Defaults of a project stand in .env; flags win.
func TestDotEnv(t *testing.T) {
	p := world.Project(t)
	module := filepath.Join(t.TempDir(), "module")
	if err := harness.CopyModule(world.Root, module); err != nil {
		t.Fatal(err)
	}
	l := world.Lab
	dotEnv := strings.Join([]string{
		"# the project's defaults",
		"SOURCE=" + p.Dir,
		`PYTHONIMAGE="` + l.PythonImage + `"`,
		"registry=" + l.Registry,
		"registryUsername=" + l.Username,
		"RegistryPassword=env://TEST_REGISTRY_PASSWORD",
		"DEPLOY_ENVIRONMENT=NOT VALID",
	}, "\n")
	if err := os.WriteFile(filepath.Join(module, ".env"), []byte(dotEnv), 0o644); err != nil {
		t.Fatal(err)
	}
	call := func(args ...string) harness.Call {
		return harness.Call{Args: append([]string{"call"}, args...), Env: []string{"TEST_REGISTRY_PASSWORD=" + l.Password}, Module: module, Dir: module}
	}
	r := world.Succeed(t, call("test"))
	if !strings.HasPrefix(r.Stdout, "2 tests passed") {
		t.Errorf("test printed %q", r.Stdout)
	}
	r = world.Run(t, call("--registry-username", "nobody", "--terraform-image", l.TerraformImage, "terraform-container"))
	if line := errorLine(t, r); r.Code == 0 || !strings.Contains(line, l.TerraformImage) {
		t.Errorf("a flag did not win over .env: exit code %d, %q", r.Code, line)
	}
	r = world.Run(t, call("deploy"))
	if line := errorLine(t, r); r.Code == 0 || !strings.HasPrefix(line, `checking environment "NOT VALID"`) {
		t.Errorf("the argument of one function was not read: exit code %d, %q", r.Code, line)
	}
}

// Secrets come from a variable, a file and a command.
func TestSecretAddresses(t *testing.T) {
	p := world.Project(t)
	path := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(path, []byte(world.Lab.Password), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{"env://TEST_REGISTRY_PASSWORD", "file://" + path, "cmd://cat " + path} {
		// An image that only a login can see, and that no other call has pulled by this name.
		call := p.Call("app-container", "with-exec", "--args", "echo,in", "stdout").Without("--registry-password")
		call.Args = append([]string{"call", "--registry-password", address}, call.Args[1:]...)
		if r := world.Succeed(t, call); r.Stdout != "in\n" {
			t.Errorf("%s: printed %q", address, r.Stdout)
		}
	}
}
