package project

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestReadDistribution(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       func(Distribution) bool
	}{
		{"poetry", "[tool.poetry]\nname = \"a\"\nversion = \"1\"\npackages = [{ include = \"a\", from = \"lib\" }]\n[tool.poetry.scripts]\na = \"a:main\"\nb = { reference = \"bin/b\", type = \"file\" }\nc = { callable = \"a:c\" }\n[tool.poetry.plugins.\"x.y\"]\np = \"a:p\"\n",
			func(d Distribution) bool {
				return d.Installed && !d.Build && d.Version == "1" && slices.Contains(d.Roots, "lib") && d.Files["b"] == "bin/b" &&
					reflect.DeepEqual(d.EntryPoints, map[string]map[string]string{"console_scripts": {"a": "a:main", "c": "a:c"}, "x.y": {"p": "a:p"}})
			}},
		{"poetry without a package", "[tool.poetry]\nname = \"a\"\npackage-mode = false\n", func(d Distribution) bool { return !d.Installed }},
		{"uv's virtual project", "[project]\nname = \"a\"\nversion = \"1\"\n", func(d Distribution) bool { return !d.Installed }},
		{"uv's package without a backend", "[project]\nname = \"a\"\nversion = \"1\"\n[tool.uv]\npackage = true\n", func(d Distribution) bool { return d.Installed }},
		{"uv's project that is none", "[project]\nname = \"a\"\n[build-system]\nrequires = [\"hatchling\"]\n[tool.uv]\npackage = false\n", func(d Distribution) bool { return !d.Installed }},
		{"setuptools", "[project]\nname = \"a\"\ndynamic = [\"version\"]\n[build-system]\nrequires = [\"setuptools\"]\n[tool.setuptools.package-dir]\n\"\" = \"lib\"\n[tool.setuptools.dynamic]\nversion = { attr = \"a.b.__version__\" }\n",
			func(d Distribution) bool {
				return d.Installed && slices.Contains(d.Roots, "lib") && slices.Contains(d.VersionFiles, "lib/a/b/__init__.py") && slices.Contains(d.VersionFiles, "a/b.py")
			}},
		{"setuptools that finds", "[project]\nname = \"a\"\n[build-system]\nrequires = [\"setuptools\"]\n[tool.setuptools.packages.find]\nwhere = [\"code\"]\n", func(d Distribution) bool { return slices.Contains(d.Roots, "code") }},
		{"hatch", "[project]\nname = \"a\"\n[build-system]\nrequires = [\"hatchling\"]\n[tool.hatch.version]\npath = \"a/v.py\"\n[tool.hatch.build.targets.wheel]\npackages = [\"code/a\"]\n",
			func(d Distribution) bool {
				return slices.Contains(d.Roots, "code") && slices.Contains(d.VersionFiles, "a/v.py")
			}},
		{"one that compiles", "[project]\nname = \"a\"\n[build-system]\nrequires = [\"maturin>=1\"]\n", func(d Distribution) bool { return d.Build }},
		{"one that writes a module", "[project]\nname = \"a\"\n[build-system]\nrequires = [\"setuptools-scm\"]\n[tool.setuptools_scm]\nversion_file = \"a/_v.py\"\n", func(d Distribution) bool { return d.Build }},
		{"poetry that builds", "[tool.poetry]\nname = \"a\"\n[tool.poetry.build]\nscript = \"build.py\"\n", func(d Distribution) bool { return d.Build }},
	} {
		d, err := ReadDistribution(test.text)
		if err != nil || !test.want(d) {
			t.Errorf("%s: %+v, %v", test.name, d, err)
		}
	}
}

func TestInfo(t *testing.T) {
	d := Distribution{Name: "My.Service", Version: "1.2", Requires: []string{"six>=1"}, EntryPoints: map[string]map[string]string{"console_scripts": {"my": "a.b:main"}, "x": {"y": "a:B.c"}}}
	files := d.Info("/app")
	for name, want := range map[string]string{
		"METADATA":         "Name: My.Service\nVersion: 1.2\nRequires-Dist: six>=1\n",
		"entry_points.txt": "[console_scripts]\nmy = a.b:main\n\n[x]\ny = a:B.c\n",
		"direct_url.json":  `"file:///app"`,
		"RECORD":           "my_service-1.2.dist-info/METADATA,,\n",
	} {
		if got := files["my_service-1.2.dist-info/"+name]; !strings.Contains(got, want) {
			t.Errorf("%s has no %q: %q", name, want, got)
		}
	}
}

func TestScripts(t *testing.T) {
	d := Distribution{EntryPoints: map[string]map[string]string{"console_scripts": {"a": "p.m:App.run", "b": " p : main [extra]", "../c": "p:main", "d": "no reference"}}, Files: map[string]string{"f": "it's/f"}}
	got := d.Scripts("/opt/venv/bin/python", "/app")
	if len(got) != 3 || !strings.Contains(got["a"], "from p.m import App\n") || !strings.Contains(got["a"], "sys.exit(App.run())") || !strings.Contains(got["b"], "from p import main\n") {
		t.Errorf("scripts: %q", got)
	}
	if want := `exec '/app/it'\''s/f' "$@"`; !strings.Contains(got["f"], want) {
		t.Errorf("script: %q, want %q", got["f"], want)
	}
}

func TestVersionIn(t *testing.T) {
	for text, want := range map[string]string{
		"__version__ = \"1.2\"\n": "1.2", "x = 1\nVERSION: str = '3'\n": "3", "1.4.0\n": "1.4.0", "x = 1\n": "", "": "",
	} {
		if got := VersionIn(text, ""); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// A package has the version of the variable that its build backend is told of.
func TestVersionOfVariable(t *testing.T) {
	d, err := ReadDistribution("[project]\nname = \"a\"\ndynamic = [\"version\"]\n[tool.setuptools.dynamic]\nversion = { attr = \"a.about.release\" }\n")
	if err != nil || d.VersionName != "release" {
		t.Errorf("%q, %v", d.VersionName, err)
	}
	for text, want := range map[string]string{"version = \"7\"\nrelease: str = '7.1.2'\n": "7.1.2", "__version__ = \"7\"\nrelease = compute()\n": ""} {
		if got := VersionIn(text, d.VersionName); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestLocalPackages(t *testing.T) {
	const lock = `
[[package]]
name = "six"
[[package]]
name = "a"
[package.source]
type = "directory"
url = "../libs/a"
[[package]]
name = "w"
[package.source]
type = "file"
url = "w.whl"
[[package]]
name = "r"
source = { registry = "https://example.com" }
[[package]]
name = "me"
source = { editable = "." }
[[package]]
name = "e"
source = { editable = "libs/e" }
[[package]]
name = "v"
source = { virtual = "v" }
[[package]]
name = "p"
source = { path = "p.tar.gz" }
[[package]]
name = "g"
[package.source]
type = "git"
url = "https://example.com/g"
`
	got, err := LocalPackages(lock, ".")
	want := []Local{{"a", "../libs/a", false}, {"w", "w.whl", true}, {"e", "libs/e", false}, {"v", "v", false}, {"p", "p.tar.gz", true}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	// The root of a workspace is a package as others are, of a member that is the project.
	want = slices.Insert(slices.Delete(want, 2, 3), 2, Local{"me", ".", false})
	if got, err = LocalPackages(lock, "libs/e/"); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("of a member: %+v, %v", got, err)
	}
}

func TestReadRequirements(t *testing.T) {
	got := ReadRequirements("# by pip-compile\n-r base.txt\n-rmore.txt\n-c https://example.com/c.txt\n--constraint=c.txt\n-e .\n-e ../libs/a[x, y]\n./libs/b\n-e libs/c\nfile:./libs/d ; python_version > \"3\"\nsix==1.17.0 \\\n    --hash=sha256:aa # via x\n--index-url https://example.com/simple\n-e git+https://example.com/g#egg=g\n")
	if !reflect.DeepEqual(got.Includes, []string{"base.txt", "more.txt", "c.txt"}) || !reflect.DeepEqual(got.Locals, []LocalRequired{{".", nil}, {"../libs/a", []string{"x", "y"}}, {"./libs/b", nil}, {"libs/c", nil}, {"./libs/d", nil}}) || got.Hashes {
		t.Errorf("%+v", got)
	}
	if want := "-r base.txt\n-r more.txt\n-c https://example.com/c.txt\n--constraint=c.txt\nsix==1.17.0      --hash=sha256:aa # via x\n--index-url https://example.com/simple\n-e git+https://example.com/g#egg=g\n"; got.Text != want {
		t.Errorf("%q, want %q", got.Text, want)
	}
	if ReadRequirements("six==1.17.0\n").Hashes {
		t.Error("a requirement without a hash passed for one with")
	}
}

func TestLocalRequires(t *testing.T) {
	const text = "[project]\nname = \"My_App\"\ndependencies = [\"requests>=2\"]\n[project.optional-dependencies]\ntest = [\"pytest\"]\nall = [\"my-app[test]\", \"boto3\"]\n"
	for name, test := range map[string]struct {
		text   string
		extras []string
		want   string
		known  bool
	}{
		"no extra":          {text, nil, "requests>=2", true},
		"an extra":          {text, []string{"Test"}, "requests>=2 pytest", true},
		"extras of extras":  {text, []string{"all"}, "requests>=2 boto3 pytest", true},
		"dynamic":           {"[project]\nname = \"a\"\ndynamic = [\"dependencies\"]\n", nil, "", false},
		"dynamic extras":    {"[project]\nname = \"a\"\ndynamic = [\"optional-dependencies\"]\n", []string{"x"}, "", false},
		"extras not wanted": {"[project]\nname = \"a\"\ndynamic = [\"optional-dependencies\"]\n", nil, "", true},
		"no table":          {"[tool.poetry]\nname = \"a\"\n", nil, "", false},
		"no file":           {"", nil, "", false},
	} {
		lines, known := LocalRequires(test.text, test.extras)
		if got := strings.Join(lines, " "); got != test.want || known != test.known {
			t.Errorf("%s: %q, %t", name, got, known)
		}
	}
}

func TestWithoutVersions(t *testing.T) {
	lock := "version = 1\n\n[[package]]\nname = \"me\"\nversion = \"%s\"\nsource = { editable = \".\" }\n\n[[package]]\nname = \"six\"\nversion = \"1.17.0\"\nsource = { registry = \"x\" }\n"
	a, b := WithoutVersions(strings.ReplaceAll(lock, "%s", "1.0")), WithoutVersions(strings.ReplaceAll(lock, "%s", "2.0"))
	if a != b || !strings.Contains(a, "version = \"1.17.0\"") || !strings.HasPrefix(a, "version = 1\n") {
		t.Errorf("%q\n%q", a, b)
	}
	if got := WithoutVersions("\n[[package]]\nname = \"me\"\nsource = { virtual = \".\" }\n"); !strings.Contains(got, "name = \"me\"\nversion = \"0\"\nsource") {
		t.Errorf("a dynamic version: %q", got)
	}
}

// A workspace needs a Python that all its members allow.
func TestLockedPython(t *testing.T) {
	for lock, want := range map[string]string{
		"version = 1\nrequires-python = \">=3.13\"\n\n[[package]]\nname = \"a\"\n":             ">=3.13",
		"version = 1\n\n[[package]]\nname = \"a\"\n\n[[package]]\nrequires-python = \"3.9\"\n": "",
		"": "",
	} {
		if got := LockedPython(lock); got != want {
			t.Errorf("LockedPython(%q) = %q, want %q", lock, got, want)
		}
	}
}
