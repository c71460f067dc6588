package python

import (
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

// A project in a repository of several: its library, its extras and groups, and
// itself installed, and what its Makefile names elsewhere. Only what touches it runs its tests.
func TestMonorepo(t *testing.T) {
	p := project(t, "monorepo")
	flags := []string{"--project", "services/orders", "--infra", "../../infra"}
	passes(t, p, "6 tests passed", flags...)
	for _, test := range []struct {
		name   string
		change func()
		runs   bool
	}{
		{"Terraform's files", func() { p.Append("infra/main.tf", "# edited\n") }, false},
		{"a document", func() { p.Append("README.md", "edited\n"); p.Append("services/orders/README.md", "edited\n") }, false},
		{"what its Makefile includes", func() { p.Append("tools/check/shared_check.py", "# edited\n") }, true},
		{"the source", func() { p.Append("services/orders/src/orders/cli.py", "\n# edited\n") }, true},
		{"the version", func() { p.Replace("services/orders/pyproject.toml", `"1.2.3"`, `"1.3.0"`) }, true},
	} {
		test.change()
		r := passes(t, p, "6 tests passed", flags...)
		if world.Engine.Name() != "embedded" {
			continue
		}
		if installed(r) {
			t.Errorf("an edit of %s installed packages again: %q", test.name, r.Ran())
		}
		if tested(r) != test.runs {
			t.Errorf("an edit of %s ran the tests: %v, want %v: %q", test.name, tested(r), test.runs, r.Ran())
		}
	}
	p.Append("services/orders/pyproject.toml", "\n")
	p.Replace("services/orders/pyproject.toml", `extras = ["web"]`, `extras = ["web"]`+"\ngroups = [\"docs\"]")
	r := world.Run(t, p.Call(append(flags, "test")...))
	if r.Code == 0 || !strings.Contains(r.Stderr, "test_what_is_installed") {
		t.Errorf("an optional group that the table asks for is not installed: exit code %d\n%s", r.Code, r.Stderr)
	}
}

// Each package manager installs what its lock file names.
func TestManagers(t *testing.T) {
	for _, test := range []struct {
		name, project, want, ran string
	}{
		{"poetry18", ".", "1 test passed", "poetry==1.8.5"},
		{"workspace", "services/api", "2 tests passed", "uv=="},
		{"requirements", ".", "1 test passed", ""},
		{"pylock", ".", "1 test passed", "uv=="},
		{"pipfile", ".", "1 test passed", "pipenv<="},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := project(t, test.name)
			passes(t, p, test.want, "--project", test.project)
			p.Write(test.project+"/tests/test_more.py", "def test_more():\n    pass\n")
			r := world.Succeed(t, p.Call("--project", test.project, "test"))
			if installed(r) {
				t.Errorf("an edit installed packages again: %q", r.Ran())
			}
		})
	}
}

// Requirements alone are a project: there is nothing that it had to say in pyproject.toml.
func TestRequirementsAlone(t *testing.T) {
	p := project(t, "requirements")
	p.Remove("pyproject.toml")
	passes(t, p, "1 test passed")
}

// Requirements files that are elsewhere are named in the error, and then in the table.
func TestRequirementsElsewhere(t *testing.T) {
	p := project(t, "requirements")
	p.Write("src/requirements.txt", p.Read("requirements.txt"))
	p.Write("tests/requirements-dev.txt", p.Read("requirements-dev.txt"))
	p.Remove("requirements.txt")
	p.Remove("requirements-dev.txt")
	r := world.Run(t, p.Call("test"))
	const named = `requirements = ["src/requirements.txt", "tests/requirements-dev.txt"]`
	if r.Code == 0 || !strings.Contains(r.Stderr, named+" in [tool.pipeline]") {
		t.Errorf("exit code %d, want %q in\n%s", r.Code, named, r.Stderr)
	}
	// What the project itself requires is in none of them, and installed, too: six stays as they fix it.
	p.Append("pyproject.toml", "dependencies = [\"click\", \"six>=1\"]\n[build-system]\nrequires = [\"setuptools\"]\nbuild-backend = \"setuptools.build_meta\"\n[tool.pipeline]\n"+named+"\n")
	p.Write("tests/test_more.py", "from importlib.metadata import version\n\n\ndef test_more():\n    assert version('click') and version('plain') and version('six') == '1.17.0'\n")
	if r := passes(t, p, "2 tests passed"); !strings.Contains(r.Stderr, "src/requirements.txt does not name click, which pyproject.toml requires") {
		t.Errorf("nothing is said of click:\n%s", r.Stderr)
	}
}

// What a package of the repository requires is installed, also where only its build backend
// knows it: of setup.py, with an extra.
func TestRequiresOfSetup(t *testing.T) {
	p := project(t, "requirements")
	p.Remove("requirements-dev.txt")
	p.Write("requirements.txt", "-e ./legacy[web]\npytest\n")
	p.Write("legacy/setup.py", "from setuptools import setup\nsetup(name='legacy', version='1', packages=['legacy'], install_requires=['six'], extras_require={'web': ['toml'], 'other': ['click']})\n")
	p.Write("legacy/legacy/__init__.py", "import six\n")
	p.Write("tests/test_plain.py", "from importlib.metadata import version\nfrom importlib.util import find_spec\nimport legacy\n\n\ndef test_installed():\n    assert version('legacy') == '1'\n    assert find_spec('toml') and not find_spec('click')\n")
	passes(t, p, "1 test passed")
}

// What does not fit is said in one line, before anything is installed where it
// can be.
func TestRefusals(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*harness.Project)
		want   string
	}{
		{"a hash that does not fit", wrongHashes,
			"building the app container: a package of the index is not the one whose hash is in the requirements file"},
		{"another Python", func(p *harness.Project) { p.Remove("pyproject.toml"); p.Write("runtime.txt", "python-3.10.4\n") },
			"building the app container: the image has Python 3.11.2, and the project wants ==3.10.* (runtime.txt): name another image with --python-image, or none"},
		{"no lock file", func(p *harness.Project) { p.Remove("requirements.txt") },
			"reading the source: no lock file (poetry.lock, uv.lock, pylock.toml, Pipfile.lock, requirements.txt)"},
		{"a setting that is none", func(p *harness.Project) { p.Append("pyproject.toml", "[tool.pipeline]\nextra = [\"web\"]\n") },
			"tool.pipeline.extra is no setting: did you mean tool.pipeline.extras?"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := project(t, "requirements")
			test.change(p)
			r := world.Run(t, p.Call("test"))
			if r.Code == 0 || !strings.Contains(r.Stderr, test.want) {
				t.Errorf("exit code %d, want %q in\n%s", r.Code, test.want, r.Stderr)
			}
		})
	}
}

// wrongHashes changes the first digit of each hash.
func wrongHashes(p *harness.Project) {
	parts := strings.Split(p.Read("requirements.txt"), "sha256:")
	for i, part := range parts[1:] {
		parts[i+1] = map[bool]string{true: "1", false: "0"}[part[0] == '0'] + part[1:]
	}
	p.Write("requirements.txt", strings.Join(parts, "sha256:"))
}
