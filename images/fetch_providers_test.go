package images

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

const thing = "registry.terraform.io/team/thing"

// fetching is a container's place to fetch providers in, from a mirror that has archives of
// some versions.
type fetching struct {
	t          *testing.T
	home, work string
	zh         map[string]string // the archives' checksums
}

func newFetching(t *testing.T, versions ...string) fetching {
	t.Helper()
	for _, program := range []string{"terraform", "git"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(program + " is not on PATH")
		}
	}
	f := fetching{t, t.TempDir(), t.TempDir(), map[string]string{}}
	for _, version := range versions {
		var archive bytes.Buffer
		z := zip.NewWriter(&archive)
		file, err := z.Create("terraform-provider-thing_v" + version)
		if err == nil {
			_, err = file.Write([]byte("#!/bin/sh\n"))
		}
		if err == nil {
			err = z.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		f.zh[version] = fmt.Sprintf("zh:%x", sha256.Sum256(archive.Bytes()))
		f.write(filepath.Join(f.home, "mirror", thing, fmt.Sprintf("terraform-provider-thing_%s_%s_%s.zip", version, runtime.GOOS, runtime.GOARCH)), archive.String())
	}
	return f
}

func (f fetching) write(name, text string) {
	f.t.Helper()
	err := os.MkdirAll(filepath.Dir(name), 0o755)
	if err == nil {
		err = os.WriteFile(name, []byte(text), 0o644)
	}
	if err != nil {
		f.t.Fatal(err)
	}
}

// run runs a command in a root module, with the providers of a mirror.
func (f fetching) run(mirror, dir string, command ...string) (string, error) {
	config := filepath.Join(f.home, "cli.tfrc")
	f.write(config, cliConfig(filepath.Join(f.home, mirror), []string{thing}))
	c := exec.Command(command[0], command[1:]...)
	c.Dir, c.Env = dir, append(os.Environ(), "TF_CLI_CONFIG_FILE="+config, "CHECKPOINT_DISABLE=1")
	out, err := c.CombinedOutput()
	return string(out), err
}

// fetch is what the container does in a directory; it returns the lock file that is kept.
func (f fetching) fetch(dir string) string {
	f.t.Helper()
	lock := filepath.Join(f.home, "locks/it", lockFile)
	text := strings.Replace(fetchProviders, "terraform="+terraformHome, "terraform="+f.home, 1)
	if out, err := f.run("mirror", dir, "sh", "-c", text, "fetch-providers", lock); err != nil {
		f.t.Fatalf("%v\n%s", err, out)
	}
	kept, _ := os.ReadFile(lock)
	return string(kept)
}

// A lock file that was made on another system has the archives' checksums and none of the
// packages that are unpacked here: they come to it.
func TestLockOfAnotherSystem(t *testing.T) {
	f := newFetching(t, "1.0.0")
	lock := fmt.Sprintf("# made elsewhere\n\nprovider %q {\n  version     = \"1.0.0\"\n  constraints = \"~> 1.0\"\n  hashes = [\n    \"h1:%s=\",\n    %q,\n  ]\n}\n", thing, strings.Repeat("A", 43), f.zh["1.0.0"])
	f.write(filepath.Join(f.work, lockFile), lock)
	f.write(filepath.Join(f.work, "providers.tf"), requirements([]Provider{{thing, "1.0.0"}}))
	kept := f.fetch(f.work)
	if strings.Count(kept, `"h1:`) != 2 || strings.Count(kept, `"zh:`) != 1 {
		t.Errorf("kept\n%s", kept)
	}
	if without := withoutSums(kept); without != withoutSums(lock) {
		t.Errorf("without the checksums it is\n%s", without)
	}
	for text, taken := range map[string]bool{lock: false, kept: true} {
		root := t.TempDir()
		f.write(filepath.Join(root, lockFile), text)
		f.write(filepath.Join(root, "main.tf"), "terraform {\n  required_providers {\n    thing = { source = \"team/thing\", version = \"~> 1.0\" }\n  }\n}\n")
		if out, err := f.run("providers", root, "terraform", "init", "-no-color", "-lockfile=readonly"); (err == nil) != taken {
			t.Errorf("taken: %v, want %t\n%s", err, taken, out)
		}
	}
	again := fetching{t, t.TempDir(), t.TempDir(), nil}
	if err := os.Rename(filepath.Join(f.home, "mirror"), filepath.Join(again.home, "mirror")); err != nil {
		t.Fatal(err)
	}
	again.write(filepath.Join(again.work, lockFile), kept)
	again.write(filepath.Join(again.work, "providers.tf"), requirements([]Provider{{thing, "1.0.0"}}))
	if text := again.fetch(again.work); text != "" {
		t.Errorf("of a lock file that has all, one is kept:\n%s", text)
	}
}

func withoutSums(lock string) string {
	var out strings.Builder
	for line := range strings.Lines(lock) {
		if !strings.Contains(line, `"h1:`) {
			out.WriteString(line)
		}
	}
	return out.String()
}

// A root module without a lock file gets the versions that the modules bound which it
// calls and are not in the source.
func TestProvidersOfCalledModules(t *testing.T) {
	f := newFetching(t, "1.0.0", "2.0.0")
	module := t.TempDir()
	f.write(filepath.Join(module, "main.tf"), "terraform {\n  required_providers {\n    thing = { source = \"team/thing\", version = \"< 2\" }\n  }\n}\n")
	if out, err := f.run("mirror", module, "sh", "-c", "git init -q && git add . && git -c user.name=a -c user.email=a@example.com commit -qm a"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	root := filepath.Join(f.work, "infra")
	f.write(filepath.Join(root, "main.tf"), "terraform {\n  required_providers {\n    thing = { source = \"team/thing\" }\n  }\n}\nmodule \"it\" { source = \"git::file://"+module+"\" }\n")
	kept := f.fetch(root)
	if !strings.Contains(kept, `version     = "1.0.0"`) || !strings.Contains(kept, `"h1:`) {
		t.Errorf("kept\n%s", kept)
	}
	if entries, err := filepath.Glob(filepath.Join(f.home, "providers", thing, "*")); err != nil || len(entries) != 1 {
		t.Errorf("providers %q, %v", entries, err)
	}
}
