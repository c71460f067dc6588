package ci

import "testing"

func TestServer(t *testing.T) {
	for _, tt := range []struct{ project, pipeline, job, want string }{
		{"group/app", "https://gitlab.example.com/group/app/-/pipelines/1", "", "https://gitlab.example.com"},
		{"group/app", "", "https://example.com/gitlab/group/app/-/jobs/1", "https://example.com/gitlab"},
		{"octo/app", "https://github.com/octo/app/actions/runs/1", "", "https://github.com"},
		{"group/app", "https://elsewhere.example/x", "", ""},
		{"group/app", "", "", ""},
		{"", "https://gitlab.example.com//x", "", ""},
	} {
		if got := (Facts{Project: tt.project, PipelineURL: tt.pipeline, JobURL: tt.job}).Server(); got != tt.want {
			t.Errorf("%+v: %q", tt, got)
		}
	}
}
