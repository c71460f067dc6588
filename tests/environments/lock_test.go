package environments

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"dagger/pipeline/tests/harness"
)

const holder = "gitlab.example.com/group/project/-/jobs/42@runner"

// Who meets a held lock is told by whom, since when, and what to do.
func TestHeldLock(t *testing.T) {
	p := project(t, counted)
	env := world.Environment()
	holdLock(t, env, holder, "OperationTypeApply")
	want := "the state of " + env + " is locked by " + holder + " since 2026-11-02 03:04:05.678 +0000 UTC (OperationTypeApply, lock " + lockID + "): " +
		"wait until that run has ended and try again; where it has ended without releasing it: unlock --environment " + env + " --owner " + holder
	k := newKey(t)
	for _, c := range []harness.Call{
		call(p, "plan", env),
		call(p, "plan-report", env, "--plan-key", k.flag, "export", "--path", filepath.Join(t.TempDir(), "x")),
		call(p, "deploy", env),
		call(p, "destroy", env),
		call(p, "drift", env),
	} {
		refused(t, common(c.And("--lock-timeout", "0s")), 1, want)
	}
	if _, held := lock(t, env); !held {
		t.Error("the lock is gone")
	}
}

// The job that is given is the one that the lock names.
func TestLockNamesJob(t *testing.T) {
	p := project(t, slow)
	env := world.Environment()
	run := world.Start(t, call(p, "deploy", env, "--job", "https://gitlab.example.com:8443/group/project/-/jobs/77"))
	eventually(t, "the lock", func() bool { _, held := lock(t, env); return held })
	l, _ := lock(t, env)
	if !strings.HasPrefix(l.Who, "gitlab.example.com-8443/group/project/-/jobs/77@") {
		t.Errorf("the lock's owner is %q", l.Who)
	}
	if r := run.Wait(); r.Code != 0 {
		t.Errorf("exit code %d: %s", r.Code, r.Stderr)
	}
}

// slow holds its lock for a while.
const slow = `
resource "terraform_data" "slow" {
  provisioner "local-exec" { command = "sleep 2" }
}
`

// Two deployments of one environment go one after the other.
func TestDeploymentsOfOneEnvironmentWait(t *testing.T) {
	p := project(t, slow)
	env := world.Environment()
	runs := []*harness.Process{world.Start(t, call(p, "deploy", env)), world.Start(t, call(p, "deploy", env, "--job", "second"))}
	for _, run := range runs {
		if r := run.Wait(); r.Code != 0 {
			t.Errorf("exit code %d: %s", r.Code, r.Stderr)
		}
	}
	held, taken, waited := false, 0, 0
	for _, r := range world.Requests(t, func(r harness.Request) bool { return strings.HasSuffix(r.Path, "/"+stateKey(env)+".tflock") }) {
		switch {
		case r.Method == http.MethodPut && r.Status == http.StatusOK:
			if held {
				t.Error("the lock was given while it was held")
			}
			held, taken = true, taken+1
		case r.Method == http.MethodPut:
			waited++
		case r.Method == http.MethodDelete && r.Status < 300:
			held = false
		}
	}
	if taken != 2 || held || waited == 0 {
		t.Errorf("the lock was taken %d times, and refused %d times: want 2, and at least once; held at the end: %v", taken, waited, held)
	}
	if s, _ := readState(t, env); s.Serial != 1 {
		t.Errorf("the state's serial is %d, want 1: the second deployment had nothing to do", s.Serial)
	}
}

func TestUnlock(t *testing.T) {
	p := project(t, counted)
	env := world.Environment()
	if got, want := result(t, call(p, "unlock", env, "--owner", holder)), env+": the state is not locked"; got != want {
		t.Errorf("unlock says %q, want %q", got, want)
	}
	holdLock(t, env, holder, "OperationTypePlan")
	const since = " since 2026-11-02T03:04:05Z (OperationTypePlan, lock " + lockID + ")"
	refused(t, p.Call("unlock", "--environment", env), 1, `required flag(s) "owner" not set`)
	refused(t, call(p, "unlock", env, "--owner", "someone@else"), 1, "unlocking "+env+": the lock is held by "+holder+since+`, not by "someone@else": give the holder with --owner`)
	refused(t, call(p, "unlock", env, "--owner", "someone@else", "--force"), 1, `not by "someone@else": give the holder with --owner`)
	refused(t, call(p, "unlock", env, "--owner", holder), 1, "held by "+holder+since+": nothing tells whether that run has ended: look, and use --force, or give --gitlab-token")
	if _, held := lock(t, env); !held {
		t.Fatal("a refused unlock released the lock")
	}
	if got, want := result(t, call(p, "unlock", env, "--owner", holder, "--force")), env+": released the lock of "+holder+since; got != want {
		t.Errorf("unlock says %q, want %q", got, want)
	}
	if _, held := lock(t, env); held {
		t.Error("the lock is still held")
	}
	world.Succeed(t, call(p, "deploy", env, "--lock-timeout", "0s"))
}

// GitLab decides where it knows the job.
func TestUnlockAsksGitLab(t *testing.T) {
	p := project(t, counted)
	env := world.Environment()
	var status atomic.Value
	server := listen(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("PRIVATE-TOKEN") != "token-of-the-tests":
			w.WriteHeader(http.StatusUnauthorized)
		case r.URL.RequestURI() != "/api/v4/projects/group%2Fproject/jobs/42":
			w.WriteHeader(http.StatusNotFound)
		default:
			_, _ = fmt.Fprintf(w, `{"id":42,"status":%q}`, status.Load())
		}
	}))
	owner := strings.ReplaceAll(strings.TrimPrefix(server.URL, "http://"), ":", "-") + "/group/project/-/jobs/42@runner"
	holdLock(t, env, owner, "OperationTypeApply")
	unlock := call(p, "unlock", env, "--owner", owner, "--gitlab-url", server.URL, "--gitlab-token", "env://TEST_GITLAB_TOKEN").With("TEST_GITLAB_TOKEN=token-of-the-tests")
	for _, s := range []string{"running", "pending", "canceling", "created"} {
		status.Store(s)
		refused(t, unlock, 1, "held by "+owner, "its job is "+s+": wait for it, or cancel it")
	}
	status.Store("success")
	refused(t, unlock.With("TEST_GITLAB_TOKEN=wrong"), 1, "asking GitLab at "+server.URL+": the token is refused: give one that may read the API")
	if _, held := lock(t, env); !held {
		t.Fatal("a refused unlock released the lock")
	}
	status.Store("canceled")
	if got := result(t, unlock); !strings.HasPrefix(got, env+": released the lock of "+owner) {
		t.Errorf("unlock says %q", got)
	}
	holdLock(t, env, holder, "OperationTypeApply") // of another server
	refused(t, call(p, "unlock", env, "--owner", holder, "--gitlab-url", server.URL, "--gitlab-token", "env://TEST_GITLAB_TOKEN").With("TEST_GITLAB_TOKEN=token-of-the-tests"), 1,
		fmt.Sprintf("%q names no job of ", holder), "look yourself, and use --force")
}
