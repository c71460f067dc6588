package python

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"dagger/pipeline/tests/harness"
)

// What a project's dependencies do while they are built reaches no other project:
// the build backend of a hostile package spoils every cache that it finds, and a
// project with a locked dependency installs what its lock file names all the same.
func TestCachesHoldNothingOfOthers(t *testing.T) {
	for _, manager := range []string{"poetry", "uv"} {
		t.Run(manager, func(t *testing.T) {
			victim := project(t, "victim/"+manager)
			world.Succeed(t, victim.Call("test")) // fills the caches, where there are any
			world.Succeed(t, hostile(t, manager).Call("test"))
			victim.Append(manager+".lock", "# installed again\n")
			r := world.Succeed(t, victim.Call("test"))
			if world.Engine.Name() == "embedded" && !installed(r) {
				t.Errorf("nothing was installed again: %q", r.Ran())
			}
		})
	}
}

// hostile is a project that depends on the hostile package.
func hostile(t *testing.T, manager string) *harness.Project {
	t.Helper()
	p := project(t, "hostile/"+manager)
	packed := sdist(t)
	if err := os.WriteFile(p.Path("hostile-1.0.tar.gz"), packed, 0o644); err != nil {
		t.Fatal(err)
	}
	p.Replace(manager+".lock", "cecd3e309a7ddaa28c11a309e4041c64ebb83aca6e3b055372d320dfe8e72db6", fmt.Sprintf("%x", sha256.Sum256(packed)))
	return p
}

// sdist is the hostile package as a source archive.
func sdist(t *testing.T) []byte {
	t.Helper()
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	out := tar.NewWriter(zip)
	for _, name := range []string{"PKG-INFO", "pyproject.toml", "backend.py"} {
		text, err := os.ReadFile(filepath.Join("testdata/hostile/backend", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := out.WriteHeader(&tar.Header{Name: "hostile-1.0/" + name, Mode: 0o644, Size: int64(len(text))}); err != nil {
			t.Fatal(err)
		}
		if _, err := out.Write(text); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}
