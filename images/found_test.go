package images

import (
	"strings"
	"testing"
)

// A project without a lock file is told of the command that writes one, with the tool that it is made with.
func TestNoLock(t *testing.T) {
	const any = "no lock file (poetry.lock, uv.lock, pylock.toml, Pipfile.lock, requirements.txt): "
	for _, test := range []struct {
		names, pyproject, want string
	}{
		{"pyproject.toml src/", "[build-system]\nrequires = [\"hatchling\"]\n", any + "run `poetry lock` or `uv lock` and commit the file"},
		{"pyproject.toml", "[tool.poetry]\n", "no poetry.lock: run `poetry lock` and commit the file"},
		{"pyproject.toml pdm.lock", "[tool.pdm]\n", any + "PDM writes one of them from pdm.lock: run `pdm export --format pylock --prod --output pylock.toml`, with --dev in place of --prod pylock.dev.toml for the tests, and commit the files"},
		{"Pipfile setup.py", "", "no Pipfile.lock: run `pipenv lock` and commit the file"},
		{"requirements.in setup.py", "", "no requirements.txt: run `pip-compile --generate-hashes requirements.in` and commit the file"},
		{"setup.cfg setup.py tox.ini", "", any + "run `uv pip compile --generate-hashes --output-file requirements.txt setup.py` and commit the file"},
		{"setup.cfg", "", any + "run `uv pip compile --generate-hashes --output-file requirements.txt setup.cfg` and commit the file"},
	} {
		if got := noLock(strings.Fields(test.names), test.pyproject).Error(); got != "reading the source: "+test.want {
			t.Errorf("%s: %s", test.names, got)
		}
	}
	if described([]string{"README.md", "main.py"}) || !described([]string{"README.md", "setup.py"}) {
		t.Error("described() takes any directory for a project, or setup.py for none")
	}
}

// Of several lock files the first of the list counts. That of a workspace is the one that
// its package manager takes, whatever was exported from it; one that the project is no
// member of counts last.
func TestChooseLock(t *testing.T) {
	for _, test := range []struct {
		names  []string
		member bool
		want   string
		above  bool
	}{
		{[]string{"requirements.txt", "uv.lock", "pyproject.toml"}, false, "uv.lock", false},
		{[]string{"requirements.txt", "pyproject.toml"}, true, "uv.lock", true},
		{[]string{"pylock.toml", "Pipfile.lock"}, true, "uv.lock", true},
		{[]string{"requirements.txt"}, false, "requirements.txt", false},
		{[]string{"pylock.toml", "requirements.txt"}, false, "pylock.toml", false},
		{[]string{"poetry.lock"}, true, "poetry.lock", false},
		{[]string{"uv.lock"}, true, "uv.lock", false},
		{[]string{"pyproject.toml"}, true, "uv.lock", true},
		{[]string{"pyproject.toml"}, false, "", false},
	} {
		if got, above := chooseLock(test.names, test.member); got != test.want || above != test.above {
			t.Errorf("%q, member %v: %q, above %v, want %q, %v", test.names, test.member, got, above, test.want, test.above)
		}
	}
}
