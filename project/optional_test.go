package project

import (
	"strings"
	"testing"
)

// A package of a group or an extra is found with the line that installs it.
func TestInstallLines(t *testing.T) {
	for name, test := range map[string]struct{ text, ask, want string }{
		"a group":           {"[dependency-groups]\nlint = [\"ruff\"]\ntest = [\"pytest-cov\", \"PyTest>=8\"]\n", "pytest", `groups = ["test"]`},
		"included":          {"[dependency-groups]\nall = [{include-group = \"more\"}]\nmore = [\"pytest\"]\n", "pytest", `groups = ["all"]`},
		"that of tests":     {"[dependency-groups]\na = [\"pytest\"]\ntests = [\"pytest\"]\n", "pytest", `groups = ["tests"]`},
		"an extra":          {"[project]\nname = \"x\"\n[project.optional-dependencies]\ndev = [\"x[test]\"]\ntest = [\"pytest>=6\"]\n", "pytest", `extras = ["test"]`},
		"an extra's extra":  {"[project]\nname = \"x\"\n[project.optional-dependencies]\nci = [\"x[qa]\"]\nqa = [\"pytest>=6\"]\n", "pytest", `extras = ["ci"]`},
		"a module":          {"[project]\nname = \"x\"\n[project.optional-dependencies]\nweb = [\"flask_cors\"]\n", "flask_cors.core", `extras = ["web"]`},
		"Poetry's group":    {"[tool.poetry.group.test]\noptional = true\n[tool.poetry.group.test.dependencies]\npytest = \"*\"\n", "pytest", `groups = ["test"]`},
		"Poetry's extra":    {"[tool.poetry.extras]\nqa = [\"pytest\"]\n", "pytest", `extras = ["qa"]`},
		"what is installed": {"[project]\nname = \"x\"\ndependencies = [\"pytest\"]\n[dependency-groups]\ntest = [\"pytest\"]\n", "pytest", ""},
		"nowhere":           {"[dependency-groups]\ntest = [\"nose\"]\n", "pytest", ""},
	} {
		p, err := Parse(test.text)
		if test.want != "" {
			test.want = "add " + test.want + " to [tool.pipeline]"
		}
		if got := p.Install(test.ask); err != nil || got != test.want {
			t.Errorf("%s: %q, %v, want %q", name, got, err, test.want)
		}
	}
}

// What the root of a workspace does not require is not installed, as uv installs it.
func TestInstallOfWorkspace(t *testing.T) {
	p, err := Parse("[project]\nname = \"shop\"\n[dependency-groups]\nqa = [\"pytest\"]\n[tool.uv.workspace]\nmembers = [\"libs/*\", \"apps/*\"]\n")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := p.Install("shop.orders"), "where it is a member of the workspace (libs/*, apps/*), or a member requires it, test that one with --project"; !strings.HasSuffix(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got := p.Install("pytest"); got != `add groups = ["qa"] to [tool.pipeline]` {
		t.Error(got)
	}
}
