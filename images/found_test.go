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
		{"pyproject.toml pdm.lock", "[tool.pdm]\n", any + "PDM writes one of them from pdm.lock: run `pdm export --format pylock --dev --output pylock.toml` and commit the file"},
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
