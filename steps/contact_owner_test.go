package steps

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"dagger/pipeline/aws/awstest"
	"dagger/pipeline/gitlab"
)

const ownerAt = keptAt + ".owner"

// ran is a run of the environment in the stand-in, of a project in dir.
func ran(f *awstest.Fake, dir, job string, deploys bool) error {
	w := stateWorkspace(f)
	w.Root, w.Dir, w.Job, w.Deploys = "infra", dir, job, deploys
	return w.checkState(context.Background())
}

// Two projects of the same name have the same key: the state belongs to the one that
// deployed first. What a run does not know about itself is not compared.
func TestStateHasOneOwner(t *testing.T) {
	const (
		ours   = "https://gitlab.example.com/shop/orders/-/jobs/1"
		theirs = "https://gitlab.example.com/shop/billing/-/jobs/2"
	)
	type by struct{ dir, job string }
	for name, tt := range map[string]struct {
		first, then by
		refused     string
	}{
		"the same":                               {by{"apps/orders/service", ours}, by{"./apps/orders/service/", "https://gitlab.example.com/shop/orders/-/jobs/9"}, ""},
		"another directory":                      {by{"apps/orders/service", ours}, by{"apps/billing/service", ours}, `is of the project in "apps/orders/service" of gitlab.example.com/shop/orders, and this run is of the project in "apps/billing/service"`},
		"another directory, by hand":             {by{"apps/orders/service", ""}, by{"apps/billing/service", ""}, `is of the project in "apps/orders/service"`},
		"another repository":                     {by{".", ours}, by{".", theirs}, "is of the project of gitlab.example.com/shop/orders, and this run is of the project of gitlab.example.com/shop/billing"},
		"another repository of GitHub":           {by{".", "https://github.com/shop/a/actions/runs/1"}, by{".", "https://github.com/shop/b/actions/runs/1"}, "github.com/shop/a"},
		"the same one by hand":                   {by{"apps/orders/service", ours}, by{"apps/orders/service", ""}, ""},
		"the same one, its directory the source": {by{"apps/orders/service", ours}, by{".", ours}, ""},
		"a job that names no repository":         {by{".", "https://jenkins.example.com/job/a/1/"}, by{".", "https://jenkins.example.com/job/b/1/"}, ""},
		"nothing is told":                        {by{".", ""}, by{".", ours}, ""},
	} {
		f := awstest.NewFake(t)
		if err := ran(f, tt.first.dir, tt.first.job, true); err != nil {
			t.Fatal(name, err)
		}
		f.Objects[keptAt] = queueState
		for _, deploys := range []bool{false, true} {
			err := ran(f, tt.then.dir, tt.then.job, deploys)
			if (err == nil) != (tt.refused == "") || err != nil && (!strings.Contains(err.Error(), tt.refused) || !strings.Contains(err.Error(), "(move-state --environment mr-7 --from s3://states/shop/mr-7/terraform.tfstate)")) {
				t.Errorf("%s, deploys %t: %v, want %q", name, deploys, err, tt.refused)
			}
		}
		if tt.refused != "" {
			w := stateWorkspace(f)
			w.Dir, w.Job = tt.then.dir, tt.then.job
			if said, err := w.moveState(t.Context(), "s3:/"+keptAt, gitlab.State{}); err != nil || !strings.Contains(said, "is now this project's") {
				t.Errorf("%s: taking it over: %q, %v", name, said, err)
			}
			if err := ran(f, tt.then.dir, tt.then.job, true); err != nil {
				t.Errorf("%s: taken over: %v", name, err)
			}
			if err := ran(f, tt.first.dir, tt.first.job, true); err == nil {
				t.Errorf("%s: its former owner still deploys", name)
			}
		}
	}
}

// A state that was made before, or by a run that told less, gets its owner with the
// next deployment that fits; a plan writes nothing.
func TestOwnerIsNoted(t *testing.T) {
	f := awstest.NewFake(t)
	f.Objects[keptAt] = queueState
	for _, tt := range []struct {
		dir, job string
		deploys  bool
		want     string
	}{
		{"services/a", "", false, ""},
		{".", "", true, ""},
		{"services/a", "", true, `{"path":"services/a"}`},
		{"services/a", "https://github.com/o/r/actions/runs/1", true, `{"repository":"github.com/o/r","path":"services/a"}`},
		{".", "", true, `{"repository":"github.com/o/r","path":"services/a"}`},
	} {
		if err := ran(f, tt.dir, tt.job, tt.deploys); err != nil || f.Objects[ownerAt] != tt.want {
			t.Errorf("%+v: %v, noted %q", tt, err, f.Objects[ownerAt])
		}
	}
}

// Of two first deployments at the same time one goes on.
func TestFirstDeploymentsAtOnce(t *testing.T) {
	f := awstest.NewFake(t)
	w := stateWorkspace(f)
	inner := f.Fault
	f.Fault = func(rw http.ResponseWriter, r awstest.Request, n int) bool {
		if r.Method == http.MethodPut && r.Path == ownerAt { // the other one was faster
			f.Objects[ownerAt] = `{"path":"services/b"}`
		}
		return inner(rw, r, n)
	}
	w.Dir, w.Deploys = "services/a", true
	if err := w.checkState(t.Context()); err == nil || !strings.Contains(err.Error(), `is of the project in "services/b"`) {
		t.Errorf("%v", err)
	}
	if f.Objects[ownerAt] != `{"path":"services/b"}` {
		t.Errorf("noted %q", f.Objects[ownerAt])
	}
}

// An owner that the role may not read stops nobody; a record that is not an owner is refused.
func TestOwnerThatCannotBeRead(t *testing.T) {
	f := awstest.NewFake(t)
	f.Objects[ownerAt] = "<html>"
	if err := ran(f, "services/a", "", true); err == nil || !strings.Contains(err.Error(), "remove it") {
		t.Errorf("no record: %v", err)
	}
	w := stateWorkspace(f)
	inner := f.Fault
	f.Fault = func(rw http.ResponseWriter, r awstest.Request, n int) bool {
		if r.Path == ownerAt {
			awstest.Protocol(403, "AccessDenied", "no")(rw, r)
			return true
		}
		return inner(rw, r, n)
	}
	w.Dir, w.Deploys = "services/a", true
	if err := w.checkState(t.Context()); err != nil {
		t.Errorf("denied: %v", err)
	}
}

// A state that is moved is the project's that moved it, and leaves no owner behind.
func TestMovedStateHasItsOwner(t *testing.T) {
	f := awstest.NewFake(t)
	f.Objects[formerAt], f.Objects[formerAt+".owner"] = queueState, `{"path":"old"}`
	w := stateWorkspace(f)
	w.Dir = "services/a"
	if _, err := w.moveState(t.Context(), "s3:/"+formerAt, gitlab.State{}); err != nil {
		t.Fatal(err)
	}
	if _, left := f.Objects[formerAt+".owner"]; left || f.Objects[ownerAt] != `{"path":"services/a"}` {
		t.Errorf("left %v", f.Objects)
	}
}

// A state that was made in the environment's workspace need not have its name: the deployment that made it has noted
// the workspace. One without such a note was made in another.
func TestStateMadeInAWorkspace(t *testing.T) {
	f := awstest.NewFake(t)
	run := func(deploys, selects bool) error {
		w := stateWorkspace(f)
		w.Deploys, w.Backend.Workspace, w.Module.Workspace = deploys, selects, "infra/main.tf line 3"
		return w.checkState(t.Context())
	}
	if err := run(true, true); err != nil {
		t.Fatal(err)
	}
	f.Objects[keptAt] = queueState
	if err := run(true, true); err != nil {
		t.Errorf("the second deployment: %v", err)
	}
	if err := run(true, false); err != nil { // in the default workspace, as the table says
		t.Fatal(err)
	}
	if err := run(false, true); err == nil || !strings.Contains(err.Error(), "nothing in it has that name") {
		t.Errorf("after a deployment in the default workspace: %v", err)
	}
}
