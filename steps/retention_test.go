package steps

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"dagger/pipeline/ecr"
	"dagger/pipeline/ecr/lifecycle"
)

var keeping = RetentionRules{MergeRequestDays: 14, ContentCount: 10, UntaggedDays: 7, Deployed: []string{"v1", digest}}

// Deployed images are known from the states and from --deployed, and each repository
// keeps its own content.
func TestRetentionGuardsWhatIsDeployed(t *testing.T) {
	server, _ := cloud(t)
	r := NewRun(settings(server.URL), "")
	retention, err := r.retention(t.Context(), keeping)
	if err != nil {
		t.Fatal(err)
	}
	_, targets, guard, err := retention.prepare(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if want := map[string]string{"mr-1": "mr-1", "mr-2": "mr-2", "mr-3": "mr-3", "prod": "latest"}; !maps.Equal(guard.Environments, want) {
		t.Errorf("environments %v, want %v", guard.Environments, want)
	}
	if !slices.Equal(guard.Tags, []string{"v1"}) || !slices.Equal(guard.Deployed, []string{digest}) {
		t.Errorf("guarded: tags %v, digests %v", guard.Tags, guard.Deployed)
	}
	got := map[string]string{}
	for _, target := range targets {
		got[target.Repository] = target.Policy.String()
	}
	for repository, content := range map[string]string{
		"group/shop/app": "app-*", "group/shop/terraform": "module-*", "group/shop/open/app": "app-*", "group/shop/open/terraform": "module-*",
	} {
		if !strings.Contains(got[repository], content) {
			t.Errorf("the policy of %s says nothing of %s: %q", repository, content, got[repository])
		}
	}
}

func TestRetentionThatDoesNotKnowWhatRuns(t *testing.T) {
	server, _ := cloud(t)
	for _, tt := range []struct {
		name   string
		change func(*Settings, *RetentionRules)
		err    string
	}{
		{"no states and nothing named", func(s *Settings, r *RetentionRules) { s.StateBucket, r.Deployed = nil, nil }, "nothing with --deployed"},
		{"an empty name", func(_ *Settings, r *RetentionRules) { r.Deployed = []string{""} }, "--deployed"},
		{"another registry", func(s *Settings, _ *RetentionRules) { s.Registry = new("registry.example.com/group/shop") }, "lifecycle policies are ECR's"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, r := settings(server.URL), keeping
			tt.change(&s, &r)
			if text, err := NewRun(s, "").PreviewRetention(t.Context(), r); err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("got %q, %v, want an error with %q", text, err, tt.err)
			}
		})
	}
	closed := Retention{Open: func(context.Context) (Opened, error) { return Opened{}, context.Canceled }}
	if _, err := closed.Apply(t.Context()); err != context.Canceled {
		t.Errorf("a registry that cannot be opened: %v", err)
	}
}

func TestRetentionText(t *testing.T) {
	previews := []ecr.Preview{{Target: ecr.Target{Repository: "shop/app"}, Marks: []lifecycle.Mark{{Digest: "sha256:1", Tag: "deployed"}}, Review: lifecycle.Review{Risks: []string{"a risk"}}, Note: "a note"}}
	got := retentionText([]ecr.Target{{Repository: "shop/app"}, {Repository: "shop/terraform"}}, previews, "has the tag", func(ecr.Preview) string { return "the policy is set" })
	at := 0
	for _, want := range []string{"repository shop/terraform: there is none", "repository shop/app: the policy is set", "sha256:1 has the tag deployed", "a risk", "a note"} {
		i := strings.Index(got[at:], want)
		if i < 0 {
			t.Fatalf("no %q in its place in\n%s", want, got)
		}
		at += i
	}
}
