package environments

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"dagger/pipeline/tests/harness"
)

// chain is a root module of four resources, one after the other. Each makes something that is outside
// of terraform, as a provider does: an object in S3, named by environment and resource.
func chain() string {
	var b strings.Builder
	for i := range 4 {
		after := ""
		if i > 0 {
			after = fmt.Sprintf("depends_on = [terraform_data.r%d]", i-1)
		}
		fmt.Fprintf(&b, `
resource "terraform_data" "r%d" {
  input = var.environment
  %s
  provisioner "local-exec" {
    command = "sleep 0.2 && curl -fsS -X PUT -d '' -H 'Authorization: %s' $AWS_ENDPOINT_URL/%s/made/${var.environment}/r%d && sleep 0.1"
  }
}
`, i, after, s3Scope, world.AWS.StateBucket, i)
	}
	return b.String() + "output \"last\" { value = terraform_data.r3.output }\n"
}

// made are the names of the resources whose object is there.
func made(t *testing.T, environment string) []string {
	t.Helper()
	prefix := "made/" + environment + "/"
	status, body := s3(t, http.MethodGet, "?list-type=2&prefix="+prefix, "")
	if status != http.StatusOK {
		t.Fatalf("listing %q: status %d: %s", prefix, status, body)
	}
	var out []string
	for _, part := range strings.Split(body, "<Key>")[1:] {
		key, _, _ := strings.Cut(part, "</Key>")
		out = append(out, strings.TrimPrefix(key, prefix))
	}
	return out
}

// rounds is how often each way to end a run is tried.
const rounds = 20

// atOnce is how many of them run at the same time.
const atOnce = 4

// endings are the ways in which a run ends before its time.
var endings = []struct {
	name string
	end  func(*harness.Process)
	// graceful endings give terraform the time to write its state and release its lock, on the embedded engine.
	graceful bool
}{
	{"SIGTERM", func(p *harness.Process) { _ = syscall.Kill(p.Pid(), syscall.SIGTERM) }, true},
	{"SIGKILL", func(p *harness.Process) { _ = syscall.Kill(p.Pid(), syscall.SIGKILL) }, false},
	{"SIGKILL of the group", func(p *harness.Process) { killTree(p.Pid()) }, false},
}

// killTree kills a process and all below it.
func killTree(pid int) {
	data, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	_ = syscall.Kill(pid, syscall.SIGKILL)
	for child := range strings.FieldsSeq(string(data)) {
		if n, err := strconv.Atoi(child); err == nil {
			killTree(n)
		}
	}
}

// A deployment that is ended at any moment leaves an environment that the next one completes, or that is
// locked by an owner who is named; and whatever it made is in the state, or named when the lock is released.
// A Dagger engine kills a command at once, whatever the signal.
func TestEndedDeployments(t *testing.T) {
	waits := world.Engine.Name() == "embedded"
	p := project(t, chain())
	world.Succeed(t, call(p, "deploy", world.Environment())) // the rounds start from a warm engine
	for _, ending := range endings {
		t.Run(ending.name, func(t *testing.T) {
			turns := make(chan struct{}, atOnce)
			for round := range rounds {
				t.Run(strconv.Itoa(round), func(t *testing.T) {
					t.Parallel()
					turns <- struct{}{}
					defer func() { <-turns }()
					endDeployment(t, p, ending.end, ending.graceful && waits)
				})
			}
		})
	}
}

func endDeployment(t *testing.T, p *harness.Project, end func(*harness.Process), graceful bool) {
	env := world.Environment()
	job := "gitlab.example.com/group/project/-/jobs/" + strings.TrimPrefix(env, "mr-")
	deploy := call(p, "deploy", env, "--job", "https://"+job, "--lock-timeout", "0s")
	run := world.Start(t, deploy)
	eventually(t, "the lock", func() bool { _, held := lock(t, env); return held })
	moment := time.Duration(rand.IntN(1600)) * time.Millisecond
	time.Sleep(moment)
	end(run)
	r := run.Wait()
	t.Logf("ended %s after the lock was taken: exit code %d, made %q", moment, r.Code, made(t, env))
	s, _ := readState(t, env)
	if graceful {
		if _, held := lock(t, env); held {
			t.Errorf("the lock is held\n%s", r.Stderr)
		}
		for _, name := range made(t, env) {
			if !slices.Contains(s.names(), name) {
				t.Errorf("%s was made and is not in the state\n%s", name, r.Stderr)
			}
		}
	}
	again := world.Run(t, deploy)
	if again.Code != 0 {
		if graceful {
			t.Fatalf("the next deployment fails: %s", problem(t, again))
		}
		recoverLock(t, p, env, job, again)
		world.Succeed(t, deploy)
	}
	s, _ = readState(t, env)
	if got := s.names(); !slices.Equal(got, []string{"r0", "r1", "r2", "r3"}) {
		t.Errorf("the state has %q in the end", got)
	}
}

// recoverLock does what a refused deployment says, and checks that all that was made is accounted for.
func recoverLock(t *testing.T, p *harness.Project, env, job string, refusal harness.Result) {
	t.Helper()
	l, held := lock(t, env)
	if !held || !strings.HasPrefix(l.Who, job+"@") {
		t.Fatalf("lock %+v, want one of %s; the next deployment said: %s", l, job, problem(t, refusal))
	}
	wantRefusal(t, refusal, 1, "is locked by "+l.Who+" since ", "unlock --environment "+env+" --owner "+l.Who)
	said := result(t, call(p, "unlock", env, "--owner", l.Who, "--force"))
	s, _ := readState(t, env)
	for _, name := range made(t, env) {
		if !slices.Contains(s.names(), name) && !strings.Contains(said, "terraform_data."+name+" (") {
			t.Errorf("%s was made, is not in the state, and unlock does not name it: %s", name, said)
		}
	}
}
