package harness

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Project is a copy of a project for one test.
type Project struct {
	Dir string
	t   testing.TB
	w   *World
}

// Project returns a small project: pytest with coverage, a package, and the lab's
// provider-free root module. Its source is unique to this test, so that no other test has
// filled the engine's cache for it; its dependencies are the same in all tests.
func (w *World) Project(t testing.TB) *Project {
	t.Helper()
	p := &Project{Dir: t.TempDir(), t: t, w: w}
	p.copy(filepath.Join(w.Root, "tests/testdata/app"), ".")
	p.copy(w.Lab.InfraFree, "infra")
	p.Append("src/fixture/__init__.py", fmt.Sprintf("\n\nTEST = %q\n", t.Name()+" "+rand.Text()))
	return p
}

// Example returns the repository's example, with the real AWS provider.
func (w *World) Example(t testing.TB) *Project {
	t.Helper()
	p := &Project{Dir: t.TempDir(), t: t, w: w}
	p.copy(filepath.Join(w.Root, "examples/app"), ".")
	p.Append("src/metadata_updater/__init__.py", fmt.Sprintf("\n# %s %s\n", t.Name(), rand.Text()))
	return p
}

// Service returns the repository's example whose tests use a database, which is the lab's.
func (w *World) Service(t testing.TB) *Project {
	t.Helper()
	p := &Project{Dir: t.TempDir(), t: t, w: w}
	p.copy(filepath.Join(w.Root, "examples/service"), ".")
	p.Replace("pyproject.toml", "redis:7-bookworm", w.Lab.RedisImage)
	p.Append("src/visits/__init__.py", fmt.Sprintf("\n# %s %s\n", t.Name(), rand.Text()))
	return p
}

// Repository returns the repository's example with two services and a library.
func (w *World) Repository(t testing.TB) *Project {
	t.Helper()
	p := &Project{Dir: t.TempDir(), t: t, w: w}
	p.copy(filepath.Join(w.Root, "examples/repository"), ".")
	p.Append("libs/money/src/money/__init__.py", fmt.Sprintf("\n# %s %s\n", t.Name(), rand.Text()))
	return p
}

func (p *Project) copy(from, to string) {
	p.t.Helper()
	if err := copyTree(from, filepath.Join(p.Dir, to)); err != nil {
		p.t.Fatal(err)
	}
}

// copyTree copies files and directories, except what tools leave in a project.
func copyTree(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			switch entry.Name() {
			case ".venv", "__pycache__", ".pytest_cache", ".terraform", ".git":
				return fs.SkipDir
			}
			return os.MkdirAll(filepath.Join(to, rel), 0o755)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), data, 0o644)
	})
}

// CopyModule copies the part of the repository that a Dagger engine loads.
func CopyModule(root, to string) error {
	data, err := os.ReadFile(filepath.Join(root, "dagger.json"))
	if err != nil {
		return err
	}
	var config struct{ Include []string }
	if err := json.Unmarshal(data, &config); err != nil {
		return fmt.Errorf("reading dagger.json: %w", err)
	}
	for _, name := range append(config.Include, "dagger.json") {
		if strings.HasPrefix(name, "!") { // leaves out of the others
			continue
		}
		if err := copyTree(filepath.Join(root, name), filepath.Join(to, name)); err != nil {
			return err
		}
	}
	return nil
}

// T is the test that the project is for.
func (p *Project) T() testing.TB { return p.t }

// Path is the path of a file of the project.
func (p *Project) Path(name string) string { return filepath.Join(p.Dir, name) }

// Read returns a file's text.
func (p *Project) Read(name string) string {
	p.t.Helper()
	data, err := os.ReadFile(p.Path(name))
	if err != nil {
		p.t.Fatal(err)
	}
	return string(data)
}

// Write makes or replaces a file.
func (p *Project) Write(name, text string) {
	p.t.Helper()
	if err := os.MkdirAll(filepath.Dir(p.Path(name)), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(p.Path(name), []byte(text), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// Append adds to a file.
func (p *Project) Append(name, text string) {
	p.t.Helper()
	p.Write(name, p.Read(name)+text)
}

// Replace replaces a text that must be there.
func (p *Project) Replace(name, old, new string) {
	p.t.Helper()
	text := p.Read(name)
	if !strings.Contains(text, old) {
		p.t.Fatalf("%s has no %q", name, old)
	}
	p.Write(name, strings.ReplaceAll(text, old, new))
}

// Remove deletes a file or directory that must be there.
func (p *Project) Remove(name string) {
	p.t.Helper()
	if _, err := os.Stat(p.Path(name)); err != nil {
		p.t.Fatal(err)
	}
	if err := os.RemoveAll(p.Path(name)); err != nil {
		p.t.Fatal(err)
	}
}

// Call is a call on the project with the lab's images, registry and, if there is one, AWS.
func (p *Project) Call(args ...string) Call {
	l := p.w.Lab
	c := Call{
		Args: []string{"call",
			"--source", p.Dir,
			"--python-image", l.PythonImage, "--terraform-image", l.TerraformImage,
			"--results-max-age", "0", // most tests are about what runs
			"--registry", l.Registry, "--registry-username", l.Username, "--registry-password", "env://TEST_REGISTRY_PASSWORD",
		},
		Env: []string{"TEST_REGISTRY_PASSWORD=" + l.Password},
	}
	if aws := p.w.AWS; aws != nil {
		c = c.And("--state-bucket", aws.StateBucket, "--aws-endpoint", aws.Endpoint,
			"--aws-access-key-id", "env://TEST_AWS_ACCESS_KEY", "--aws-secret-access-key", "env://TEST_AWS_SECRET_KEY").
			With("TEST_AWS_ACCESS_KEY=AKIATESTTESTTESTTEST", "TEST_AWS_SECRET_KEY=secret-key-of-the-tests")
	}
	return c.And(args...)
}

// Push is the call that makes a container with the functions and pushes it to the address in the lab's
// registry.
func (p *Project) Push(address string, functions ...string) Call {
	return p.Call(functions...).And(p.Pushing(address)...)
}

// Pushing are the functions that log in and push a container. The login for the base images may not
// apply here: a Dagger engine keeps the container of an earlier call, not its session.
func (p *Project) Pushing(address string) []string {
	l := p.w.Lab
	return []string{
		"with-registry-auth", "--address", l.Registry, "--username", l.Username, "--secret", "env://TEST_REGISTRY_PASSWORD",
		"publish", "--address", address,
	}
}

// Empty returns a project with no files.
func (w *World) Empty(t testing.TB) *Project {
	t.Helper()
	return &Project{Dir: t.TempDir(), t: t, w: w}
}
