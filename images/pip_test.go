package images

import (
	"slices"
	"testing"

	"dagger/pipeline/project"
)

func TestRequirementFiles(t *testing.T) {
	there := []string{"requirements.txt", "requirements-dev.txt", "test_requirements.txt", "docs-requirements.txt", "requirements_lint.txt"}
	for _, test := range []struct {
		groups, without, want []string
	}{
		{nil, nil, []string{"requirements.txt", "requirements-dev.txt", "test_requirements.txt"}},
		{[]string{"docs", "dev"}, []string{"test"}, []string{"requirements.txt", "requirements-dev.txt", "docs-requirements.txt"}},
		{[]string{"none"}, []string{"dev", "test"}, []string{"requirements.txt"}},
	} {
		got := requirementFiles(there, project.Settings{Groups: test.groups, WithoutGroups: test.without})
		if !slices.Equal(got, test.want) {
			t.Errorf("%q without %q: %q, want %q", test.groups, test.without, got, test.want)
		}
	}
}
