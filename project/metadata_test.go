package project

import (
	"strings"
	"testing"
)

const (
	ofHatch = `[project]
name = "svc_a"
version = "1.0.0-beta.1"
description = "Orders of a shop"
requires-python = ">=3.11"
authors = [{ name = "Ann", email = "ann@example.com" }, { name = "Bob" }]
maintainers = [{ email = "ops@example.com" }]
license = "MIT"
keywords = ["orders", "shop"]
classifiers = ["Topic :: Office/Business"]
dependencies = ["six>=1"]
[project.urls]
Source = "https://example.com/s"
[project.optional-dependencies]
Web_UI = ["flask>=3; python_version > '3.9'", "click"]
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
`
	ofPoetry = `[tool.poetry]
name = "po"
version = "1.2.3-alpha"
description = "Poetry's"
authors = ["Ann <ann@example.com>", "Bob"]
license = "MIT"
keywords = ["a", "b"]
homepage = "https://example.com"
repository = "https://example.com/r"
[tool.poetry.dependencies]
python = "^3.11"
six = "^1.16"
idna = "~3.1"
click = { version = ">=8", extras = ["x"], markers = "sys_platform == 'linux'" }
toml = "*"
tomli = "2.0.1"
flask = { version = ">=3", optional = true }
[tool.poetry.extras]
web = ["flask"]
[build-system]
requires = ["poetry-core"]
build-backend = "poetry.core.masonry.api"
`
)

// What hatchling and poetry-core write into METADATA of such projects, in the form that
// is written here, and the name of its directory.
func TestMetadata(t *testing.T) {
	for _, test := range []struct{ pyproject, dir, want string }{
		{ofHatch, "svc_a-1.0.0b1.dist-info", `Summary: Orders of a shop
License-Expression: MIT
Keywords: orders,shop
Author: Bob
Author-email: Ann <ann@example.com>
Maintainer-email: ops@example.com
Requires-Python: >=3.11
Classifier: Topic :: Office/Business
Project-URL: Source, https://example.com/s
Provides-Extra: web-ui
Requires-Dist: flask>=3; (python_version > '3.9') and extra == "web-ui"
Requires-Dist: click; extra == "web-ui"
Requires-Dist: six>=1
`},
		{ofPoetry, "po-1.2.3a0.dist-info", `Summary: Poetry's
License: MIT
Keywords: a,b
Author: Ann
Author-email: ann@example.com
Requires-Python: >=3.11,<4
Project-URL: Homepage, https://example.com
Project-URL: Repository, https://example.com/r
Provides-Extra: web
Requires-Dist: flask>=3; extra == "web"
Requires-Dist: click[x]>=8; sys_platform == 'linux'
Requires-Dist: idna>=3.1,<3.2
Requires-Dist: six>=1.16,<2
Requires-Dist: toml
Requires-Dist: tomli==2.0.1
`},
	} {
		d, err := ReadDistribution(test.pyproject)
		if err != nil || d.InfoDir() != test.dir || d.Build {
			t.Errorf("%s (built by its backend: %t), %v, want %s", d.InfoDir(), d.Build, err, test.dir)
		}
		if got := d.Info("/app")[test.dir+"/METADATA"]; !strings.HasSuffix(got, "\n"+test.want) {
			t.Errorf("METADATA:\n%swant\n%s", got, test.want)
		}
	}
}

// No text of a project makes a line of its own in METADATA.
func TestMetadataHasNoOtherLines(t *testing.T) {
	d, err := ReadDistribution("[project]\nname = \"a\"\nversion = \"1\"\ndescription = \"one\\nName: other\"\n[build-system]\nrequires = [\"hatchling\"]\n")
	if got := d.Info("/app")["a-1.dist-info/METADATA"]; err != nil || strings.Contains(got, "\nName: other") {
		t.Errorf("%q, %v", got, err)
	}
}

func TestNormalVersion(t *testing.T) {
	for text, want := range map[string]string{
		"1.0.0-beta.1": "1.0.0b1", "1.2.3": "1.2.3", "v1.0": "1.0", "1.0-rc.2.dev3": "1.0rc2.dev3", "1.0-1": "1.0.post1", "1.0.post": "1.0.post0", "2!01.2": "2!1.2",
		"1.0+Ubuntu-1": "1.0+ubuntu.1", "1.0preview": "1.0rc0", "": "", "a version": "a version",
	} {
		if got := NormalVersion(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// What a build backend is told and this does not read makes the package its own
// backend's to install; the usual keys do not, for that is done again with each edit.
func TestWhatIsNotUnderstoodIsBuilt(t *testing.T) {
	const hatch = "[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n"
	const setuptools = "[build-system]\nrequires = [\"setuptools\"]\nbuild-backend = \"setuptools.build_meta\"\n"
	for _, test := range []struct {
		text  string
		build bool
	}{
		{hatch + "[tool.hatch.build.targets.wheel]\npackages = [\"code/a\"]\n[tool.hatch.build.targets.sdist]\nforce-include = {}\n", false},
		{hatch + "[tool.hatch.build.targets.wheel]\nsources = [\"src\"]\n", false},
		{hatch + "[tool.hatch.build.targets.wheel.sources]\n\"code\" = \"orders\"\n", true},
		{hatch + "[tool.hatch.build.targets.wheel.force-include]\n\"data\" = \"orders/data\"\n", true},
		{hatch + "[tool.hatch.build.targets.wheel.hooks.mypyc]\n", true},
		{hatch + "[tool.hatch.version]\npath = \"a.py\"\npattern = \"REL = '(?P<version>[^']+)'\"\n", true},
		{hatch + "[tool.hatch.version]\npath = \"a.py\"\n", false},
		{"[build-system]\nrequires = [\"uv_build\"]\nbuild-backend = \"uv_build\"\n[tool.uv.build-backend]\nmodule-root = \"\"\n", false},
		{"[build-system]\nrequires = [\"uv_build\"]\nbuild-backend = \"uv_build\"\n[tool.uv.build-backend]\ndata = { scripts = \"bin\" }\n", true},
		{hatch + "[tool.hatch.build.hooks.vcs]\nversion-file = \"a/_v.py\"\n", true},
		{hatch + "[tool.hatch.build]\ndev-mode-dirs = [\"code\"]\n", true},
		{hatch + "[tool.versioningit.write]\nfile = \"a/_v.py\"\n", true},
		{setuptools + "[tool.setuptools.packages.find]\nwhere = [\"src\"]\n[tool.setuptools.package-data]\na = [\"*\"]\n", false},
		{setuptools + "[tool.setuptools]\npackages = [\"a\"]\npackage-dir = { \"\" = \"code\" }\n", false},
		{setuptools + "[tool.setuptools.package-dir]\norders = \"code\"\n", true},
		{setuptools + "[[tool.setuptools.ext-modules]]\nname = \"a\"\n", true},
		{setuptools + "[tool.setuptools.cmdclass]\nbuild = \"a.B\"\n", true},
		{"[build-system]\nrequires = [\"pdm-backend\"]\nbuild-backend = \"pdm.backend\"\n[tool.pdm.version]\nsource = \"scm\"\nwrite_to = \"a/v.py\"\n", true},
		{"[build-system]\nrequires = []\nbuild-backend = \"backend\"\nbackend-path = [\".\"]\n", true},
		{"[build-system]\nrequires = [\"whey\"]\nbuild-backend = \"whey\"\n", true},
		{"[tool.poetry]\nname = \"a\"\npackages = [{ include = \"a\", to = \"b\" }]\n", true},
		{"[tool.poetry]\nname = \"a\"\npackages = [{ include = \"a\", from = \"src\" }]\n[build-system]\nrequires = [\"poetry-core\"]\nbuild-backend = \"poetry.core.masonry.api\"\n", false},
	} {
		if d, err := ReadDistribution(test.text); err != nil || d.Build != test.build {
			t.Errorf("built by its backend: %t, %v: %s", d.Build, err, test.text)
		}
	}
	for text, more := range map[string]bool{
		"# for old pip\nfrom setuptools import setup\n\nif __name__ == \"__main__\":\n    setup()\n": false, "\"\"\"A stub.\"\"\"\nimport setuptools\nsetuptools.setup()\n": false,
		"from setuptools import setup, Extension\nsetup(ext_modules=[Extension(\"a\", [\"a.c\"])])\n": true, "setup(packages=[\"a\"])\n": true,
	} {
		if MoreThanSetup(text) != more {
			t.Errorf("more than setup(): %t: %s", !more, text)
		}
	}
}
