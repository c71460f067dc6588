package steps

import (
	"strings"
	"testing"
)

// Directories of several environments are one of roots.
func TestDirectoriesByStage(t *testing.T) {
	for dirs, want := range map[string]string{
		"environments/dev environments/prod environments/staging": "environments/{environment}",
		"infra/envs/dev infra/envs/prod":                          "infra/envs/{environment}",
		"terraform/dev terraform/global terraform/prod":           "terraform/{environment} terraform/global",
		"envs/prod":                          "envs/{environment}",
		"envs/prod/app envs/prod/net":        "envs/{environment}/app envs/{environment}/net",
		"live/dev/app live/prod/app":         "live/{environment}/app",
		"app/environments/qa lib/terraform":  "app/environments/{environment} lib/terraform",
		"deploy/api deploy/live deploy/work": "deploy/api deploy/live deploy/work",
		"envs/network":                       "envs/network",
		"dev prod":                           "dev prod",
		"":                                   "",
	} {
		if got := strings.Join(byStage(strings.Fields(dirs)), " "); got != want {
			t.Errorf("%s: %s, want %s", dirs, got, want)
		}
	}
}

// What a root module calls, and what other projects have, is none of the project's.
func TestPossibleRoots(t *testing.T) {
	for _, test := range []struct{ usual, all, want string }{
		{"", "a ../b", "a ../b"},
		{"infra", "infra infra/net terraform envs/{environment} ../b/infra", "infra terraform envs/{environment}"},
		{"infra", "infra infra/envs/{environment}", "infra infra/envs/{environment}"},
		{"deploy terraform", "deploy terraform", "deploy terraform"},
		{".", ". lambda", "."},
	} {
		if got := strings.Join(possible(strings.Fields(test.usual), strings.Fields(test.all)), " "); got != test.want {
			t.Errorf("%s of %s: %s, want %s", test.usual, test.all, got, test.want)
		}
	}
}
