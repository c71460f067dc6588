package environments

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

// apart is a project of its own name, so that its environments are not those of another test or run.
func apart(t *testing.T) (p *harness.Project, name string) {
	t.Helper()
	p, name = project(t, counted), "apart-"+strings.ToLower(rand.Text()[:8])
	p.Replace("pyproject.toml", `name = "fixture"`, `name = "`+name+`"`)
	return p, name
}

func stateExists(t *testing.T, project, environment string) bool {
	t.Helper()
	_, exists := world.Object(t, project+"/"+environment+"/terraform.tfstate")
	return exists
}

func TestSweep(t *testing.T) {
	p, name := apart(t)
	environments := []string{"mr-1", "mr-2", "mr-12", "staging", "prod", "demo"}
	for _, e := range environments {
		if e == "demo" { // else it may be prod under another name
			world.Succeed(t, call(p, "move-state", e, "--from", "none"))
		}
		world.Succeed(t, call(p, "deploy", e))
	}
	putObject(t, name+"/mr-x/terraform.tfstate", "no environment of a merge request")
	putObject(t, name+"/mr-3/other.tfstate", "no state of ours")

	refused(t, p.Call("sweep"), 1, "sweeping: nothing tells which merge requests are open: give --open, or --gitlab-token and --gitlab-project")
	refused(t, p.Call("sweep", "--open", "seven"), 1, `reading the open merge requests: "seven" is not the number of a merge request`)
	list := world.Succeed(t, p.Call("sweep", "--open", "!2")).Stdout
	if want := "mr-1: would be destroyed, its merge request is not open\nmr-12: would be destroyed, its merge request is not open"; strings.TrimSpace(list) != want {
		t.Errorf("sweep lists\n%s\nwant\n%s", list, want)
	}
	for _, e := range environments {
		if !stateExists(t, name, e) {
			t.Fatalf("listing destroyed %s", e)
		}
	}
	done := world.Succeed(t, p.Call("sweep", "--open", "2", "--dry-run=false")).Stdout
	if want := "mr-1: 1 destroyed\nmr-12: 1 destroyed"; strings.TrimSpace(done) != want {
		t.Errorf("sweep says\n%s\nwant\n%s", done, want)
	}
	for _, e := range environments {
		if got, want := stateExists(t, name, e), e != "mr-1" && e != "mr-12"; got != want {
			t.Errorf("state of %s: %v, want %v", e, got, want)
		}
	}
	if got := strings.TrimSpace(world.Succeed(t, p.Call("sweep", "--open", "2", "--dry-run=false")).Stdout); got != "no environment is left over" {
		t.Errorf("the second sweep says %q", got)
	}
}

// GitLab tells which are open, and an answer that fails is never taken for "none".
func TestSweepAsksGitLab(t *testing.T) {
	p, name := apart(t)
	for _, e := range []string{"mr-4", "mr-5", "mr-6"} { // 4 is in no list, as for a token that does not see it there
		world.Succeed(t, call(p, "deploy", e))
	}
	broken := true
	server := listen(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if number, ok := strings.CutPrefix(r.URL.RequestURI(), "/api/v4/projects/group%2Fproject/merge_requests/"); ok {
			_, _ = fmt.Fprintf(w, `{"state":%q,"web_url":"https://gitlab.example.com/group/project/-/merge_requests/%s"}`, map[string]string{"5": "merged", "4": "opened"}[number], number)
			return
		}
		if broken || !strings.HasPrefix(r.URL.RequestURI(), "/api/v4/projects/group%2Fproject/merge_requests?state=opened") {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		_, _ = fmt.Fprint(w, `[{"iid":6}]`)
	}))
	sweep := p.Call("sweep", "--dry-run=false", "--gitlab-url", server.URL, "--gitlab-project", "group/project", "--gitlab-token", "env://TEST_GITLAB_TOKEN").With("TEST_GITLAB_TOKEN=x")
	refused(t, sweep, 1, "asking GitLab at "+server.URL+": it answered 500 Internal Server Error: try again")
	broken = false
	refused(t, sweep, 1, `destroying "mr-5": nothing is noted of the repository that its state is of`)
	sweep.Args = append(sweep.Args, "--job", "https://gitlab.example.com/group/project/-/jobs/1")
	sweep = common(sweep)
	if got, want := strings.TrimSpace(world.Succeed(t, sweep).Stdout), "mr-4: left, its merge request is not closed\nmr-5: 1 destroyed"; got != want {
		t.Errorf("sweep says %q, want %q", got, want)
	}
	if stateExists(t, name, "mr-5") || !stateExists(t, name, "mr-6") || !stateExists(t, name, "mr-4") {
		t.Error("the wrong environment is gone")
	}
}

// One that cannot be destroyed keeps none of the others, and the error names it.
func TestSweepGoesOn(t *testing.T) {
	p, name := apart(t)
	for _, e := range []string{"mr-1", "mr-2"} {
		world.Succeed(t, call(p, "deploy", e))
	}
	putObject(t, name+"/mr-1/terraform.tfstate.tflock", `{"ID":"`+lockID+`","Operation":"OperationTypeApply","Who":"`+holder+`","Created":"2026-11-02T03:04:05Z"}`)
	refused(t, common(p.Call("sweep", "--open", "9", "--dry-run=false", "--lock-timeout", "0s")), 1, "sweeping: could not destroy mr-1: ", "mr-1 is locked by "+holder, "mr-2: 1 destroyed")
	if !stateExists(t, name, "mr-1") || stateExists(t, name, "mr-2") {
		t.Error("want mr-1 left and mr-2 gone")
	}
}
