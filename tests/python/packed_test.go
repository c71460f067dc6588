package python

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

// A project without a command that builds is packed for Lambda: what its main group
// locks, and itself, whatever its package manager. An edit installs no dependency
// again, and the same source gives the same bytes on an engine that kept nothing of it.
func TestPackedForLambda(t *testing.T) {
	for _, test := range []struct {
		project, at, edited string
		has, hasNot         []string
	}{
		{"monorepo", "services/orders", "src/orders/cli.py", []string{"orders/cli.py", "common/__init__.py", "orders-1.2.3.dist-info/METADATA"}, []string{"pytest/__init__.py"}},
		{"workspace", "services/api", "src/api/__init__.py", []string{"api/__init__.py", "common/__init__.py", "six.py"}, []string{"pytest/__init__.py", "click/__init__.py", "worker.py"}},
		{"requirements", ".", "app.py", []string{"app.py", "six.py"}, []string{"Makefile", "pyproject.toml", "tests/test_more.py"}},
	} {
		t.Run(test.project, func(t *testing.T) {
			p := project(t, test.project)
			p.Write(filepath.Join(test.at, "Makefile"), "test:\n\tpytest\n")
			if test.project == "requirements" {
				p.Write("app.py", "import six\n")
				p.Write("infra/main.tf", "resource \"aws_lambda_function\" \"it\" {\n  runtime = \"python3.12\"\n  architectures = [\"arm64\"]\n}\n")
			}
			flags := []string{"--project", test.at}
			first, r := pack(t, p, flags)
			if want := "packing it for Lambda, for Python 3.12 on arm64"; test.project == "requirements" && !strings.Contains(r.Stderr, want) {
				t.Errorf("no %q, as the function has it, in\n%s", want, r.Stderr)
			}
			if world.Engine.Name() == "embedded" && !packedAgain(r) {
				t.Errorf("no dependency was installed: %q", r.Ran())
			}
			got := entries(t, first)
			for _, name := range test.has {
				if !slices.Contains(got, name) {
					t.Errorf("no %s in the package: %q", name, got)
				}
			}
			for _, name := range test.hasNot {
				if slices.Contains(got, name) {
					t.Errorf("%s is in the package", name)
				}
			}
			file := filepath.Join(test.at, test.edited)
			before := p.Read(file)
			p.Append(file, "\n# edited\n")
			second, r := pack(t, p, flags)
			if packedAgain(r) {
				t.Errorf("an edit installed dependencies again: %q", r.Ran())
			}
			if bytes.Equal(first, second) {
				t.Error("the edit is not in the package")
			}
			p.Write(file, before)
			p.Write(filepath.Join(test.at, "tests/test_more.py"), "\n") // packs again, as it is part of the source
			if third, _ := pack(t, p, flags); !bytes.Equal(first, third) {
				t.Error("the same source gave other bytes")
			}
		})
	}
}

// A dependency in Python alone is packed without a wheel, too; one that has to be compiled
// for the function is named.
func TestNoWheel(t *testing.T) {
	p := project(t, "requirements")
	p.Remove("requirements-dev.txt") // its hashes would ask for more of them
	p.Write("requirements.txt", "docopt==0.6.2\n")
	p.Append("pyproject.toml", "[tool.pipeline.package]\nlambda = { python = \"3.12\", architecture = \"arm64\" }\n")
	if archive, _ := pack(t, p, nil); !slices.Contains(entries(t, archive), "docopt.py") {
		t.Errorf("no docopt.py in the package: %q", entries(t, archive))
	}
	p.Append("requirements.txt", "netifaces==0.11.0 ; platform_machine == 'aarch64'\n") // not for the app container
	r := world.Run(t, p.Call("build-package"))
	if want := "packing for Lambda (Python 3.12 on arm64): netifaces==0.11.0 has no wheel"; r.Code == 0 || !strings.Contains(r.Stderr, want) {
		t.Errorf("exit code %d, want %q in\n%s", r.Code, want, r.Stderr)
	}
}

// A package of which a part is behind a link that leads to what the step does not have is
// refused: build backends leave such a part out without a word.
func TestLinkedOut(t *testing.T) {
	p := project(t, "monorepo")
	p.Write("services/orders/Makefile", "test:\n\tpytest\n")
	p.Append("services/orders/src/orders/cli.py", "\nfrom orders import gone  # noqa\n")
	if err := os.Symlink("../../../../elsewhere/gone", filepath.Join(p.Dir, "services/orders/src/orders/gone")); err != nil {
		t.Fatal(err)
	}
	r := world.Run(t, p.Call("--project", "services/orders", "build-package"))
	want := `src/orders/gone is a link to ../../elsewhere/gone, which is not there: name that path in [tool.pipeline.test], as in variables = { PYTHONPATH = "../../elsewhere/gone" }`
	if r.Code == 0 || !strings.Contains(r.Stderr, want) {
		t.Errorf("exit code %d, want %q in\n%s", r.Code, want, r.Stderr)
	}
}

// pack exports the package of a project.
func pack(t *testing.T, p *harness.Project, flags []string) ([]byte, harness.Result) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "artifact.zip")
	r := world.Succeed(t, p.Call(append(flags, "build-package", "export", "--path", file)...))
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data, r
}

// packedAgain tells whether a call installed what is locked for Lambda.
func packedAgain(r harness.Result) bool {
	return slices.ContainsFunc(r.Ran(), func(command string) bool { return strings.Contains(command, "install-packed") })
}

func entries(t *testing.T, archive []byte) []string {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range r.File {
		out = append(out, f.Name)
	}
	return out
}
