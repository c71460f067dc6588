package run

import (
	"fmt"
	"maps"
	"testing"
)

func with(facts map[string]string, more map[string]string) map[string]string {
	out := maps.Clone(facts)
	maps.Copy(out, more)
	return out
}

// Which jobs run when: what GitLab would start for each kind of pipeline.
func TestJobsOfEachPipeline(t *testing.T) {
	world.NeedTerraform(t)
	r, pipelines := newRepository(t, true), workflow(t)
	all := []string{"build-images", "build-package"}
	for _, c := range []struct {
		name              string
		facts             map[string]string
		automatic, manual []string
	}{
		{"merge request to staging", mergeRequest("mr-7", "staging"), append(all, "merge-request", "note", "plan", "unit-test"), []string{"destroy-merge-request"}},
		{"merge request to main", mergeRequest("mr-7", "main"), []string{"build-package", "unit-test"}, nil},
		{"merge request from a fork", with(mergeRequest("mr-7", "staging"), map[string]string{"CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "2"}), []string{"build-package", "unit-test"}, nil},
		{"merge request of staging to main", with(mergeRequest("mr-7", "main"), map[string]string{"CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "staging"}), nil, nil},
		{"branch main", branch("main"), append(all, "deploy-production", "plan", "unit-test"), nil},
		{"branch staging", branch("staging"), append(all, "deploy-staging", "plan", "unit-test"), nil},
		{"a schedule on main", with(branch("main"), map[string]string{"CI_PIPELINE_SOURCE": "schedule"}), nil, nil},
		{"another branch", branch("feature"), nil, nil},
		{"tag", map[string]string{"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "", "CI_COMMIT_TAG": "v1"}, nil, nil},
		{"chain, merge request to staging", with(mergeRequest("mr-7", "staging"), map[string]string{"PIPELINE_SHAPE": "chain"}), []string{"chain-merge-request"}, []string{"destroy-merge-request"}},
		{"chain, branch staging", with(branch("staging"), map[string]string{"PIPELINE_SHAPE": "chain"}), []string{"chain-staging"}, nil},
		{"chain, branch main", with(branch("main"), map[string]string{"PIPELINE_SHAPE": "chain"}), []string{"chain-production"}, nil},
		{"production by hand", with(branch("main"), map[string]string{"PIPELINE_MANUAL_PRODUCTION": "true"}), append(all, "plan", "unit-test"), []string{"deploy-production"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var automatic, manual []string
			if pipeline, _ := jobs(t, pipelines, c.facts); len(pipeline) > 0 {
				automatic, manual = jobs(t, r, c.facts)
			}
			if got, want := fmt.Sprint(automatic, manual), fmt.Sprint(c.automatic, c.manual); got != want {
				t.Errorf("jobs %s, want %s", got, want)
			}
		})
	}
}
