package steps

import (
	"strings"
	"testing"

	"dagger/pipeline/project"
	"dagger/pipeline/rootmodule"
)

// A root module outside of two projects, to which neither gives anything, is one of them's.
func TestRootOfTwoProjects(t *testing.T) {
	const (
		job = "https://gitlab.example.com/shop/all/-/jobs/1"
		key = "b/api/prod/%2E%2E/%2E%2E/infra/terraform.tfstate"
	)
	theirs, noted := stateWith("l", "aws_sqs_queue.orders"), `{"repository":"gitlab.example.com/shop/all","path":"services/api"}`
	for name, tt := range map[string]struct {
		states bucketOf
		change func(*Workspace)
		want   bool
	}{
		"of the repository":       {bucketOf{key: theirs, key + ".owner": noted}, nil, true},
		"of another repository":   {bucketOf{key: theirs, key + ".owner": strings.Replace(noted, "all", "other", 1)}, nil, false},
		"of nobody that is noted": {bucketOf{key: theirs}, nil, false},
		"by hand":                 {bucketOf{key: theirs, key + ".owner": noted}, func(w *Workspace) { w.Job = "" }, false},
		"of something else":       {bucketOf{key: stateWith("l", "aws_vpc.it"), key + ".owner": noted}, nil, false},
		"with its own values":     {bucketOf{key: theirs, key + ".owner": noted}, func(w *Workspace) { w.Settings.Variables = map[string]string{"service": "web"} }, false},
		"with its own files":      {bucketOf{key: theirs, key + ".owner": noted}, func(w *Workspace) { w.Settings.VariableFiles = project.Rules{{Environments: "*"}} }, false},
		"inside of the project":   {bucketOf{"b/api/prod/terraform.tfstate": theirs, "b/api/prod/terraform.tfstate.owner": noted}, func(w *Workspace) { w.Root = "infra" }, false},
	} {
		w := Workspace{Dir: "services/web", Infra: "infra", Root: "../../infra", Project: "web", Environment: "prod", Job: job, State: State{Bucket: "b"}}
		w.Module = rootmodule.Module{Addresses: map[string]bool{"aws_sqs_queue.orders": true}}
		if tt.change != nil {
			tt.change(&w)
		}
		if err := w.stateOfTheSameRoot(t.Context(), tt.states.in); (err != nil) != tt.want || err != nil && !strings.Contains(err.Error(), `"infra" is deployed by the project "api" of this repository, too`) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
