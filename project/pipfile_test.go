package project

import (
	"slices"
	"strings"
	"testing"
)

// public is the name of the public index's host.
const public = "pypi." + "org"

const pipfileLock = `{
 "_meta": {"hash": {"sha256": "0"}, "requires": {"python_version": "3.11"}, "sources": [
  {"name": "pypi", "url": "https://` + public + `/simple"}, {"name": "corp", "url": "https://${USER}:${PASSWORD}@packages.example.com/simple"}]},
 "default": {
  "requests": {"extras": ["socks"], "hashes": ["sha256:aa", "sha256:bb"], "index": "pypi", "markers": "python_version >= '3.9'", "version": "==2.32.3"},
  "common": {"editable": true, "path": "../libs/common"},
  "mine": {"path": "./vendor/mine-1.0-py3-none-any.whl"},
  "orders": {"git": "https://git.example.com/orders.git", "ref": "0123abc", "subdirectory": "python"}},
 "develop": {"pytest": {"hashes": ["sha256:cc"], "version": "==9.2.0"}, "fixtures": {"path": "../libs/fixtures"}}
}`

func TestReadPipfileLock(t *testing.T) {
	got, err := ReadPipfileLock(pipfileLock)
	if err != nil {
		t.Fatal(err)
	}
	index := "--extra-index-url https://${USER}:${PASSWORD}@packages.example.com/simple\n"
	for _, test := range []struct{ what, got, want string }{
		{"Python", got.Python, "==3.11.*"},
		{"default", got.Default, index + "./vendor/mine-1.0-py3-none-any.whl\nrequests[socks]==2.32.3 ; python_version >= '3.9' --hash=sha256:aa --hash=sha256:bb\n"},
		{"develop", got.Develop, index + "pytest==9.2.0 --hash=sha256:cc\n"},
		{"cloned", got.DefaultCloned, "orders @ git+https://git.example.com/orders.git@0123abc#subdirectory=python\n"},
		{"development's cloned", got.DevelopCloned, ""},
	} {
		if test.got != test.want {
			t.Errorf("%s: %q, want %q", test.what, test.got, test.want)
		}
	}
	if len(got.Locals) != 1 || got.Locals[0].Path != "../libs/common" {
		t.Errorf("packages of the repository: %+v", got.Locals)
	}
	if len(got.DevelopLocals) != 1 || got.DevelopLocals[0].Path != "../libs/fixtures" {
		t.Errorf("packages of the repository for development, which are not packed: %+v", got.DevelopLocals)
	}
	if _, err := ReadPipfileLock("{"); err == nil {
		t.Error("half a file was read")
	}
}

// What a requirements file has of the repository: packages, wheels, and directories to look in.
func TestRequirementsOfTheRepository(t *testing.T) {
	r := ReadRequirements("\ufeffsix==1.16.0 \\\r\n    --hash=sha256:aa\r\n./vendor/mine-1.0-py3-none-any.whl ; python_version > '3'\r\nlibs/old.tar.gz\r\n-f wheels\r\n" +
		"--find-links https://files.example.com\r\n--find-links=/srv/wheels\r\n-e ./libs/common\r\nhttps://files.example.com/other.whl\r\nname @ file:///srv/x.whl\r\n")
	if want := []string{"./vendor/mine-1.0-py3-none-any.whl", "libs/old.tar.gz"}; !slices.Equal(r.Files, want) {
		t.Errorf("files %q, want %q", r.Files, want)
	}
	if want := []string{"wheels"}; !slices.Equal(r.Links, want) {
		t.Errorf("directories to look in %q, want %q", r.Links, want)
	}
	if len(r.Locals) != 1 || r.Locals[0].Path != "./libs/common" {
		t.Errorf("packages %+v", r.Locals)
	}
	for _, line := range []string{"six==1.16.0      --hash=sha256:aa\n", "./vendor/mine-1.0-py3-none-any.whl ; python_version > '3'\n", "-f wheels\n"} {
		if !strings.Contains(r.Text, line) {
			t.Errorf("no line %q in %q", line, r.Text)
		}
	}
}

func TestUVRequirement(t *testing.T) {
	for _, test := range []struct{ required, settings, want string }{
		{"", "", "uv==0.13.9"},
		{">=0.5", "", "uv==0.13.9"},
		{"<0.9", "", "uv<0.9"},
		{">=0.7,<0.8", "", "uv>=0.7,<0.8"},
		{"==0.7.3", "", "uv==0.7.3"},
		{"0.7.3", "", "uv==0.7.3"},
		{"<0.9", "required-version = \"~=0.8.0\"\n", "uv~=0.8.0"},
		{"<0.9", "no-build = true\n", "uv==0.13.9"}, // [tool.uv] does not count beside uv.toml
	} {
		pyproject := "[tool.uv]\nrequired-version = \"" + test.required + "\"\n"
		if test.required == "" {
			pyproject = ""
		}
		if got, err := UVRequirement(pyproject, test.settings, "0.13.9"); err != nil || got != test.want {
			t.Errorf("%+v: %q, %v", test, got, err)
		}
	}
	if _, err := UVRequirement("[tool.uv]\nrequired-version = \"new\"\n", "", "0.13.9"); err == nil {
		t.Error("a version that is none was read")
	}
}

func TestOtherFilesOnPython(t *testing.T) {
	if got := ToolVersion("# ours\nterraform 1.11.4\npython 3.11.9 3.12.1 # both\n", "python"); got != "3.11.9" {
		t.Errorf(".tool-versions: %q", got)
	}
	for text, want := range map[string]string{
		"[options]\npython_requires = >=3.8,<3.12\ninstall_requires =\n": ">=3.8,<3.12",
		"setup(\n    name='a',\n    python_requires='>=3.10',\n)":        ">=3.10",
		"setup(name=\"a\", python_requires=\"~=3.9\", packages=[])":      "~=3.9",
		"setup(python_requires=REQUIRED)":                                "",
		"# python_requires = >=3.8\nsetup()":                             "",
	} {
		if got := SetupPython(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]bool{"python-3.12.4\n": true, "3.9": true, "nodejs18": false, "python-2.7.18": false, "": false} {
		if IsRuntime(text) != want {
			t.Errorf("runtime.txt %q: %v", text, !want)
		}
	}
	for requires, want := range map[string]string{`{"python_version": "3.12"}`: "==3.12.*", `{"python_version": "3.12", "python_full_version": "3.12.4"}`: "==3.12.4", `{"python_version": "3"}`: "", `{}`: ""} {
		if got, err := ReadPipfileLock(`{"_meta": {"requires": ` + requires + `}}`); err != nil || got.Python != want {
			t.Errorf("Pipfile.lock %s: %q, %v, want %q", requires, got.Python, err, want)
		}
	}
	for sources, want := range map[string]string{
		`{"name": "pypi", "url": "https://nexus.example.com/pypi/simple"}`:                                              "--index-url https://nexus.example.com/pypi/simple\n",
		`{"name": "a", "url": "https://a.example.com/simple"}, {"name": "pypi", "url": "https://b.example.com/simple"}`: "--index-url https://a.example.com/simple\n--extra-index-url https://b.example.com/simple\n",
		`{"name": "corp", "url": "https://pypi.example.org/simple"}`:                                                    "--index-url https://pypi.example.org/simple\n",
		`{"name": "own", "url": "https://` + public + `/simple"}`:                                                       "",
		``: "",
	} {
		if got, err := ReadPipfileLock(`{"_meta": {"sources": [` + sources + `]}}`); err != nil || got.Default != want {
			t.Errorf("sources %s: %q, %v, want %q", sources, got.Default, err, want)
		}
	}
	p := Project{RequiresPython: ">=3.11,<3.13"}
	for text, want := range map[string]bool{"3.12.1": true, "3.13": false, "orders-env": false, "": false, "pypy3.10": false, ">=3.12": true} {
		if p.IsPython(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}
