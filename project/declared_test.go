package project

import (
	"strings"
	"testing"
)

func TestDeclaredNames(t *testing.T) {
	for name, test := range map[string]struct{ text, extras, groups string }{
		"the standard's": {"[project.optional-dependencies]\nweb = []\ndb = []\n[dependency-groups]\ndocs = []\n", "db web", "docs"},
		"Poetry's":       {"[tool.poetry.extras]\nweb = [\"flask\"]\n[tool.poetry.group.docs.dependencies]\nsphinx = \"*\"\n[tool.poetry.dev-dependencies]\npytest = \"*\"\n", "web", "dev docs"},
		"uv's":           {"[tool.uv]\ndev-dependencies = [\"pytest\"]\n[dependency-groups]\ndev = []\nlint = []\n", "", "dev lint"},
		"none":           {"[project]\nname = \"x\"\n", "", ""},
		"no TOML":        {"[", "", ""},
	} {
		if got := strings.Join(Extras(test.text), " "); got != test.extras {
			t.Errorf("%s: extras %q, want %q", name, got, test.extras)
		}
		if got := strings.Join(Groups(test.text), " "); got != test.groups {
			t.Errorf("%s: groups %q, want %q", name, got, test.groups)
		}
	}
}
