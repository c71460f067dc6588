package run

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"filippo.io/age"

	"dagger/pipeline/tests/ci/component"
)

// quiet is the most that a job that went well prints, in bytes; GitLab cuts logs at 4 MB.
const quiet = 4096

func TestMergeRequestPipeline(t *testing.T) {
	world.NeedTerraform(t)
	r := newRepository(t, false)
	env := world.Environment()
	p := run(t, 0, r, mergeRequest(env, "staging"))

	junit, coverage := reports(t, p, "unit-test")
	if junit.Tests == 0 || junit.Failures != 0 {
		t.Errorf("JUnit counts %+v", junit)
	}
	shown := regexp.MustCompile(`coverage \d+\.\d+%`).FindString(p.log(t, "unit-test"))
	if want := fmt.Sprintf("coverage %.1f%%", coverage.Rate*100); shown != want {
		t.Errorf("the log says %q, the Cobertura report %q", shown, want)
	}
	artifact := p.artifact(t, "build-package", "pipeline-results/artifact.zip")
	if z, err := zip.NewReader(bytes.NewReader(artifact), int64(len(artifact))); err != nil || len(z.File) == 0 {
		t.Errorf("artifact.zip: %v", err)
	}
	sameCounts(t, p)
	if dotenv := string(p.artifact(t, "merge-request", ".gitlab-ci-reports/dotenv/pipeline-results/deploy.env")); !strings.Contains(dotenv, "ENVIRONMENT_URL=https://"+env+".example.com\n") {
		t.Errorf("the dotenv report gives no URL: %q", dotenv)
	}
	said := string(p.artifact(t, "note", "pipeline-results/note.md"))
	for _, want := range []string{"| Tests | ✅ |", "`artifact.zip` ", " to add, **0** to change", "[page of the run](", "<https://" + env + ".example.com>"} {
		if !strings.Contains(said, want) {
			t.Errorf("the note does not say %q:\n%s", want, said)
		}
	}
	t.Logf("the note:\n%s", said)
	if html := string(p.artifact(t, "note", "pipeline-results/run/run.html")); !strings.Contains(html, env) {
		t.Error("the page does not name the environment")
	}
	for _, job := range []string{"build-images", "unit-test", "build-package", "plan", "merge-request", "note"} {
		if n := len(p.log(t, job)); n > quiet {
			t.Errorf("%s prints %d bytes, want %d at most:\n%s", job, n, quiet, p.log(t, job))
		}
	}
	if len(resources(t, env)) == 0 {
		t.Error("the state has no resources")
	}

	// The branch is gone: the stop job starts with nothing checked out.
	empty := newRepository(t, true)
	for range 2 {
		run(t, 0, empty, mergeRequest(env, "staging"), "destroy-merge-request")
		if left := resources(t, env); len(left) != 0 {
			t.Errorf("resources that are left: %v", left)
		}
	}
}

func TestBranchPipelines(t *testing.T) {
	world.NeedTerraform(t)
	r := newRepository(t, false)
	for name, env := range map[string]string{"main": "prod", "staging": "staging"} {
		before := world.Locks(t, env)
		p := run(t, 0, r, branch(name))
		sameCounts(t, p)
		if len(resources(t, env)) == 0 {
			t.Errorf("branch %s: the state of %s has no resources", name, env)
		}
		if world.Locks(t, env) == before {
			t.Errorf("branch %s: %s was not deployed", name, env)
		}
	}
}

// With saved_plan, what is applied is what was reviewed; the plan that a job hands on is encrypted.
func TestSavedPlan(t *testing.T) {
	world.NeedTerraform(t)
	r := newRepository(t, false)
	key, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	job := template(t, map[string]any{"state_bucket": "states", "saved_plan": true})["deploy-staging"]
	p := run(t, 0, r, with(branch("staging"), map[string]string{
		"PLAN_KEY":            key.String(),
		"PIPELINE_SAVE_PLAN":  fmt.Sprint(component.At(job, "variables", "PIPELINE_SAVE_PLAN")),
		"PIPELINE_SAVED_PLAN": fmt.Sprint(component.At(job, "variables", "PIPELINE_SAVED_PLAN")),
	}))
	if bundle := p.artifact(t, "plan", "pipeline-results/plan/plan.age"); !bytes.HasPrefix(bundle, []byte("age-encryption.org/v1\n")) {
		t.Errorf("the saved plan is not encrypted: %.40q", bundle)
	}
	if len(resources(t, "staging")) == 0 {
		t.Error("nothing was deployed")
	}
	if strings.Contains(p.out.String(), key.String()) {
		t.Error("the key is in the log")
	}
}

// Tests that passed are not run again for the same inputs, unless the pipeline asks for another attempt.
func TestRepeatedJob(t *testing.T) {
	world.NeedTerraform(t)
	r := newRepository(t, false)
	facts := mergeRequest(world.Environment(), "main")
	stamp := regexp.MustCompile(`timestamp="[^"]+"`)
	ran := func(facts map[string]string) string {
		return stamp.FindString(string(run(t, 0, r, facts, "unit-test").artifact(t, "unit-test", "pipeline-results/reports/junit.xml")))
	}
	first, second, asked := ran(facts), ran(facts), ran(with(facts, map[string]string{"PIPELINE_ATTEMPT": "2"}))
	if first == "" || first != second {
		t.Errorf("the reports are of two runs: %s, %s", first, second)
	}
	if asked == first {
		t.Errorf("the reports of another attempt are those of the first: %s", asked)
	}
}

// The whole pipeline as one job.
func TestChain(t *testing.T) {
	world.NeedTerraform(t)
	r := newRepository(t, false)
	env := world.Environment()
	chain := with(mergeRequest(env, "staging"), map[string]string{"PIPELINE_SHAPE": "chain"})
	p := run(t, 0, r, chain)
	log := p.log(t, "chain-merge-request")
	for _, part := range []string{"test", "package", "images", "plan", "deploy"} {
		if !regexp.MustCompile(`(?m)^` + part + ` +ok +\d`).MatchString(log) {
			t.Errorf("the summary has no %s:\n%s", part, log)
		}
		if !strings.Contains(log, ":"+part+"[collapsed=true]") {
			t.Errorf("%s is not folded:\n%s", part, log)
		}
	}
	if junit, _ := reports(t, p, "chain-merge-request"); junit.Tests == 0 || junit.Failures != 0 {
		t.Errorf("JUnit counts %+v", junit)
	}
	p.artifact(t, "chain-merge-request", "pipeline-results/artifact.zip")
	if dotenv := string(p.artifact(t, "chain-merge-request", ".gitlab-ci-reports/dotenv/pipeline-results/deploy.env")); !strings.Contains(dotenv, "ENVIRONMENT_URL=https://"+env+".example.com\n") {
		t.Errorf("the dotenv report gives no URL: %q", dotenv)
	}
	if len(resources(t, env)) == 0 {
		t.Error("nothing was deployed")
	}
	run(t, 0, newRepository(t, true), chain, "destroy-merge-request")
	if left := resources(t, env); len(left) != 0 {
		t.Errorf("resources that are left: %v", left)
	}

	// A failing test: its reports are there, and nothing is deployed.
	r.Append("tests/test_fixture.py", "\n\ndef test_that_fails():\n    assert False\n")
	env = world.Environment()
	p = run(t, 1, r, with(mergeRequest(env, "staging"), map[string]string{"PIPELINE_SHAPE": "chain"}))
	if junit, _ := reports(t, p, "chain-merge-request"); junit.Failures != 1 {
		t.Errorf("JUnit counts %+v, want one failure", junit)
	}
	if want := "(package ok, images ok, plan ok, deploy not run)"; !strings.Contains(p.log(t, "chain-merge-request"), want) {
		t.Errorf("the log does not say %q:\n%s", want, p.log(t, "chain-merge-request"))
	}
	if _, exists := world.Object(t, key(env)); exists {
		t.Error("it was deployed all the same")
	}
}

func TestFailingTest(t *testing.T) {
	world.NeedTerraform(t)
	r := newRepository(t, false)
	r.Append("tests/test_fixture.py", "\n\ndef test_that_fails():\n    assert False, \"as it should\"\n")
	env := world.Environment()
	p := run(t, 1, r, mergeRequest(env, "staging"))
	if log := p.log(t, "unit-test"); !strings.Contains(log, "test_that_fails") || !strings.Contains(log, "as it should") {
		t.Errorf("the log does not show the failure:\n%s", log)
	}
	if !strings.Contains(p.out.String(), "FAIL 2") {
		t.Errorf("the job's exit code is not that of the tests:\n%s", p.out)
	}
	if junit, _ := reports(t, p, "unit-test"); junit.Failures != 1 {
		t.Errorf("JUnit counts %+v, want one failure", junit)
	}
	if world.Locks(t, env) != 0 {
		t.Error("it went on after the failing test")
	}
}

func TestFailingApply(t *testing.T) {
	world.NeedTerraform(t)
	r := newRepository(t, false)
	r.Write("infra/fail.tf", "resource \"terraform_data\" \"fail\" {\n  provisioner \"local-exec\" {\n    command = \"exit 7\"\n  }\n}\n")
	env := world.Environment()
	p := run(t, 1, r, mergeRequest(env, "staging"))
	if log := p.log(t, "merge-request"); !strings.Contains(log, "exit status 7") {
		t.Errorf("the log does not say why:\n%s", log)
	}
	if world.Locked(t, env) {
		t.Error("the state is locked")
	}
	sameCounts(t, p)
	if len(resources(t, env)) == 0 {
		t.Error("what was made is not in the state")
	}
}

func TestCancelledJob(t *testing.T) {
	world.NeedTerraform(t)
	r := newRepository(t, false)
	r.Write("infra/slow.tf", "resource \"terraform_data\" \"slow\" {\n  provisioner \"local-exec\" {\n    command = \"sleep 300\"\n  }\n}\n")
	env := world.Environment()
	p := start(t, r, mergeRequest(env, "staging"))
	eventually(t, 10*time.Minute, "the apply", func() bool {
		return p.ended() || world.Locks(t, env) >= 2 && world.Locked(t, env) // the plan's, then the apply's
	})
	if p.ended() {
		t.Fatalf("the pipeline ended by itself\n%s", p.out)
	}
	lock, _ := world.Object(t, key(env)+".tflock")
	// The signal of a runner that cancels a job, sent to the command alone: gitlab-ci-local takes a shell that a signal
	// ended for one that succeeded.
	if err := syscall.Kill(p.command(t, "deploy"), syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.wait(t)
	if p.code != 1 || !strings.Contains(p.out.String(), "FAIL 143") {
		t.Errorf("the cancelled pipeline ended with %d, and the job not with 143\n%s", p.code, p.out)
	}
	eventually(t, 2*time.Minute, "the lock's release", func() bool { return !world.Locked(t, env) })
	var held struct{ Who, Operation string }
	if err := json.Unmarshal([]byte(lock), &held); err != nil || held.Operation != "OperationTypeApply" || !strings.Contains(held.Who, "gitlab.example.com") {
		t.Errorf("the lock does not name its job: %v: %s", err, lock)
	}
}
