package images

import (
	"slices"
	"strings"
	"testing"

	"dagger/pipeline/project"
)

func TestRequirementFiles(t *testing.T) {
	there := []string{
		"requirements.txt", "requirements-dev.txt", "test_requirements.txt", "docs-requirements.txt", "requirements_lint.txt", "requirements/",
		"requirements/base.txt", "requirements/ci.txt", "tests/requirements.txt", "requirements.local.txt",
	}
	for _, test := range []struct {
		main                          string
		groups, without, want, absent []string
	}{
		{"requirements.txt", nil, nil, []string{"requirements.txt", "requirements-dev.txt", "test_requirements.txt", "tests/requirements.txt"}, nil},
		{"requirements.txt", []string{"docs", "dev"}, []string{"test"}, []string{"requirements.txt", "requirements-dev.txt", "docs-requirements.txt"}, nil},
		{"requirements.txt", []string{"none"}, []string{"dev", "test"}, []string{"requirements.txt"}, []string{"none"}},
		{"requirements/base.txt", []string{"ci", "local"}, []string{"dev", "test"}, []string{"requirements/base.txt", "requirements/ci.txt", "requirements.local.txt"}, nil},
	} {
		got, absent := requirementFiles(test.main, there, project.Settings{Groups: test.groups, WithoutGroups: test.without})
		if !slices.Equal(got, test.want) || !slices.Equal(absent, test.absent) {
			t.Errorf("%q without %q: %q and %q, want %q and %q", test.groups, test.without, got, absent, test.want, test.absent)
		}
	}
}

// A group without a file comes from the project's own tables; one that exists nowhere is refused.
func TestGroupRequires(t *testing.T) {
	const tables = "[project]\nname = \"a\"\n[project.optional-dependencies]\nweb = [\"flask\"]\n[dependency-groups]\ndev = [\"mypy\", {include-group = \"Test\"}]\ntest = [\"pytest\"]\n"
	for _, test := range []struct {
		pyproject      string
		extras, groups []string
		without        []string
		want, err      string
	}{
		{pyproject: tables, without: []string{"dev", "test"}, want: "mypy\npytest\npytest\n"},
		{pyproject: tables, extras: []string{"web"}, want: "flask\n"},
		{pyproject: "", without: []string{"dev", "test"}},
		{pyproject: tables, groups: []string{"docs"}, without: []string{"docs"}, err: `groups in [tool.pipeline] names "docs", which the project does not declare: its groups are dev, test`},
		{pyproject: "", extras: []string{"web"}, err: "extras in [tool.pipeline]"},
	} {
		f := found{pyproject: test.pyproject}
		f.Settings = project.Settings{Extras: test.extras, Groups: test.groups}
		got, err := groupRequires(f, test.without)
		if got != test.want || (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("%+v: %q, %v", test, got, err)
		}
	}
}
