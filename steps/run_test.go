package steps

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"dagger/pipeline/fault"
)

// settings are those of a project whose images are in ECR and that has a role.
func settings(endpoint string) Settings {
	return Settings{
		Source: dag.Directory(), PythonImage: new("python"), TerraformImage: new("debian"), TerraformVersion: "1.11.4",
		StateBucket: new("states"), Region: "eu-west-1", AwsEndpoint: &endpoint, RoleArn: new("arn:aws:iam::123456789012:role/deploy"),
		WebIdentityToken: dag.SetSecret("web", "token"), Registry: new("ecr:group/shop"), LockTimeout: "5m", Trust: "protected",
	}
}

// A whole pipeline in one call opens everything once: one session of the role,
// one that is narrowed to the repositories, one login, and one question about
// each of the three images beside those that guard a push.
func TestRunOpensOnce(t *testing.T) {
	server, asked := cloud(t)
	text, err := NewRun(settings(server.URL), "mr-7").MergeRequest(t.Context(), Chained{})
	if err != nil {
		t.Fatalf("%v\n%s", err, strings.Join(asked.seen, "\n"))
	}
	for _, part := range []string{"test", "package", "images", "plan", "deploy"} {
		if !strings.Contains(text, "\n"+part+" ") {
			t.Errorf("no part %q in\n%s", part, text)
		}
	}
	for what, want := range map[string]int{
		"AssumeRoleWithWebIdentity":                          2,
		"GetCallerIdentity":                                  2,
		"GetAuthorizationToken":                              1,
		"DescribeRepositories":                               3, // two of images, and that of results
		"HEAD /v2/group/shop/results/manifests/test-":        1,
		"HEAD /v2/group/shop/results/manifests/package-":     1,
		"HEAD /v2/group/shop/app/manifests/app-":             3, // the look-up, and before and after its push
		"HEAD /v2/group/shop/terraform/manifests/terraform-": 3,
		"HEAD /v2/group/shop/terraform/manifests/module-":    3,
	} {
		if got := asked.count(what); got != want {
			t.Errorf("%s: asked %d times, want %d\n%s", what, got, want, strings.Join(asked.seen, "\n"))
		}
	}
}

// A call opens only what it needs.
func TestRunOpensWhatItNeeds(t *testing.T) {
	verbs := map[string]func(r *Run) error{
		"test":     func(r *Run) error { _, err := r.Test(t.Context(), ""); return err },
		"validate": func(r *Run) error { _, err := r.Validate(t.Context()); return err },
		"scan":     func(r *Run) error { _, err := r.Scan(t.Context(), dag.Container(), []string{"tflint"}); return err },
		"plan":     func(r *Run) error { _, err := r.Plan(t.Context(), Artifacts{}, Options{}); return err },
	}
	for name, want := range map[string]struct{ roles, logins, apps, tools int }{
		"test":     {2, 1, 1, 0},
		"validate": {2, 1, 0, 1},
		"scan":     {0, 0, 0, 0},
		"plan":     {2, 1, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			server, asked := cloud(t)
			if err := verbs[name](NewRun(settings(server.URL), "mr-7")); err != nil {
				t.Fatal(err)
			}
			got := struct{ roles, logins, apps, tools int }{
				asked.count("AssumeRole"), asked.count("GetAuthorizationToken"), asked.count("HEAD /v2/group/shop/app/manifests/app-"), asked.count("HEAD /v2/group/shop/terraform/manifests/terraform-"),
			}
			if got != want {
				t.Errorf("asked %+v, want %+v\n%s", got, want, strings.Join(asked.seen, "\n"))
			}
		})
	}
}

// Refusals that do not depend on the package come before it is built.
func TestRefusedBeforeTheBuild(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*Settings)
		run    func(*Run) error
		want   string
	}{
		"no bucket to plan": {func(s *Settings) { s.StateBucket = nil }, func(r *Run) error { _, err := r.Plan(t.Context(), Artifacts{}, Options{}); return err }, "no state bucket given"},
		"no bucket to deploy": {func(s *Settings) { s.StateBucket = nil }, func(r *Run) error {
			_, err := r.Deploy(t.Context(), Artifacts{}, nil, nil, Options{})
			return err
		}, "no state bucket given"},
		"a saved plan without its key": {nil, func(r *Run) error {
			_, err := r.Deploy(t.Context(), Artifacts{}, dag.Directory().File("plan.age"), nil, Options{})
			return err
		}, "no key given for the saved plan"},
		"an empty key": {nil, func(r *Run) error {
			_, err := r.PlanReport(t.Context(), Artifacts{}, dag.SetSecret("plan-key", ""), Options{})
			return err
		}, "reading --plan-key"},
		"an empty target": {nil, func(r *Run) error {
			_, err := r.Plan(t.Context(), Artifacts{}, Options{Target: []string{""}})
			return err
		}, "reading --target"},
		"two kinds of artifacts": {nil, func(r *Run) error {
			_, err := r.Plan(t.Context(), Artifacts{File: dag.Directory().File("a.zip"), Files: dag.Directory()}, Options{})
			return err
		}, "give one of them"},
	} {
		t.Run(name, func(t *testing.T) {
			server, asked := cloud(t)
			with := settings(server.URL)
			if test.change != nil {
				test.change(&with)
			}
			if err := test.run(NewRun(with, "mr-7")); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %q", err, test.want)
			}
			if asked.count("HEAD /v2/group/shop/results/") != 0 || asked.count("HEAD /v2/group/shop/app/") != 0 {
				t.Errorf("the package was looked for\n%s", strings.Join(asked.seen, "\n"))
			}
		})
	}
}

// The doctor looks with the session that lists the states.
func TestDoctorOpensOneSession(t *testing.T) {
	server, asked := cloud(t)
	_, _ = NewRun(settings(server.URL), "").Doctor(t.Context(), Noting{}) // not all is well in this cloud
	if got := asked.count("AssumeRole"); got != 1 {
		t.Errorf("%d sessions\n%s", got, strings.Join(asked.seen, "\n"))
	}
}

// A sweep opens a session for each environment that it destroys, and one image for all.
func TestSweepOpensASessionForEach(t *testing.T) {
	server, asked := cloud(t)
	with := settings(server.URL)
	with.Trust = "open"
	text, err := NewRun(with, "").Sweep(t.Context(), false, []string{"3"}, GitLab{})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text, "mr-1: ") || !strings.Contains(text, "mr-2: ") || strings.Contains(text, "mr-3") || strings.Contains(text, "prod") {
		t.Errorf("swept\n%s", text)
	}
	for what, want := range map[string]int{
		"AssumeRoleWithWebIdentity":                          4, // to list, the same narrowed to the registry, and two environments
		"GetAuthorizationToken":                              1,
		"HEAD /v2/group/shop/terraform/manifests/terraform-": 1,
		"HEAD /v2/group/shop/app/":                           0,
	} {
		if got := asked.count(what); got != want {
			t.Errorf("%s: asked %d times, want %d\n%s", what, got, want, strings.Join(asked.seen, "\n"))
		}
	}
}

// The name and tags of a session say what it is for: each environment has its own, and
// shares it between calls.
func TestSessionsByFacts(t *testing.T) {
	server, asked := cloud(t)
	r := NewRun(settings(server.URL), "")
	for _, environment := range []string{"mr-1", "mr-2", "mr-1", "mr-2"} {
		if _, err := r.account("shop", environment).Session(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := asked.count("AssumeRole"); got != 2 {
		t.Errorf("%d sessions for two environments", got)
	}
	if _, err := r.account("shop", "mr-1").in("us-east-1").Session(t.Context()); err != nil || asked.count("AssumeRole") != 3 {
		t.Errorf("a registry in another region has the session of this one: %v", err)
	}
}

// A registry that cannot be opened is left out once for all parts, but not by
// one that pushes.
func TestRegistryThatCannotBeOpened(t *testing.T) {
	server, asked := cloud(t)
	asked.deny = true
	r := NewRun(settings(server.URL), "mr-7")
	for range 2 {
		if registry, err := r.pullFrom(t.Context()); err != nil || registry.Given() {
			t.Errorf("got %v, %v", registry, err)
		}
	}
	if _, err := r.publish(t.Context(), nil); !errors.Is(err, fault.ErrDenied) {
		t.Errorf("publishing: %v", err)
	}
	if got := asked.count("AssumeRole"); got != 1 {
		t.Errorf("asked %d times for a session that was denied", got)
	}
}

func TestOnce(t *testing.T) {
	var o once[int]
	var calls int
	var all sync.WaitGroup
	failed := errors.New("failed")
	for range 10 {
		all.Go(func() {
			if n, err := o.get(func() (int, error) { calls++; return 7, failed }); n != 7 || err != failed {
				t.Errorf("got %d, %v", n, err)
			}
		})
	}
	all.Wait()
	if calls != 1 {
		t.Errorf("called %d times", calls)
	}
}
