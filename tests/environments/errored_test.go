package environments

import (
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

// secretive makes a resource whose state is to be kept from view.
const secretive = `
resource "terraform_data" "first" { input = sensitive("` + erroredCanary + `-${var.environment}") }
resource "terraform_data" "second" {
  count = 2
  input = var.environment
}
output "second" { value = terraform_data.second[1].output }
`

const erroredCanary = "canary-of-the-errored-state"

// Without a key the state that cannot be written is not kept, and the error names what it held.
func TestErroredStateWithoutKey(t *testing.T) {
	p := project(t, secretive)
	env := world.Environment()
	s3 := newFaulty(t)
	s3.refuse.Store(true)
	refused(t, s3.on(call(p, "deploy", env)), 1,
		"running terraform apply: state not written: ",
		"terraform_data.first (id ", "terraform_data.second[0] (id ", "terraform_data.second[1] (id ",
		"is not in it, and without --plan-key it is not kept: find out why the bucket refuses it, then import or remove those")
	if s3.refused.Load() < 4 {
		t.Errorf("the state was refused %d times: it was not pushed again", s3.refused.Load())
	}
	if _, exists := readState(t, env); exists {
		t.Error("there is a state all the same")
	}
	if _, held := lock(t, env); held {
		t.Error("the lock is held")
	}
	refused(t, s3.on(call(p, "errored-state", env, "export", "--path", filepath.Join(t.TempDir(), "state.age"))), 1,
		"giving the errored state of "+env+": this engine keeps none")
}

// A refusal that passes costs a word, not the state.
func TestErroredStateOvercome(t *testing.T) {
	p := project(t, secretive)
	env := world.Environment()
	s3 := newFaulty(t)
	s3.refuse.Store(true)
	deploy := world.Start(t, s3.on(call(p, "deploy", env)))
	eventually(t, "the state to be refused", func() bool { return s3.refused.Load() > 0 })
	s3.refuse.Store(false)
	wantRefusal(t, deploy.Wait(), 1, "state not written at once: it is now: run the same again to see that nothing is left to do")
	if got := result(t, s3.on(call(p, "deploy", env))); got != env+": 0 added, 0 changed, 0 destroyed" {
		t.Errorf("the next deployment says %q: the state was not complete", got)
	}
}

// With a key it is kept encrypted, comes back by itself, and can be had to push it from anywhere.
func TestErroredStateWithKey(t *testing.T) {
	p := project(t, secretive)
	env := world.Environment()
	s3 := newFaulty(t)
	key := newKey(t)
	s3.refuse.Store(true)
	refused(t, s3.on(call(p, "deploy", env, "--plan-key", key.flag)), 1,
		"state not written: terraform_data.first (id ", "is not in it: it is kept, encrypted: run the same again with --plan-key to push it; or from anywhere: "+
			"errored-state --environment "+env+" export --path errored.tfstate.age && age -d -i KEY errored.tfstate.age | aws s3 cp - s3://"+world.AWS.StateBucket+"/"+stateKey(env))

	s3.refuse.Store(false)
	refused(t, s3.on(call(p, "deploy", env)), 1, "state not written: an earlier run's is kept, encrypted: give the key it was made with, --plan-key, to push it first")
	other := newKey(t)
	refused(t, s3.on(call(p, "deploy", env, "--plan-key", other.flag)), 1, "state not written: the one kept of an earlier run cannot be decrypted")

	// What is kept is the state, for who has the key.
	path := filepath.Join(t.TempDir(), "errored.tfstate.age")
	world.Succeed(t, s3.on(call(p, "errored-state", env, "export", "--path", path)))
	sealed := readFile(t, path)
	if strings.Contains(sealed, erroredCanary) || strings.Contains(sealed, "terraform_data") {
		t.Error("the kept state is readable without its key")
	}
	if clear := key.decrypt(t, path); !strings.Contains(clear, erroredCanary) || !strings.Contains(clear, `"second"`) {
		t.Errorf("decrypted, it is not the state: %q", clear)
	}

	if got := result(t, s3.on(call(p, "deploy", env, "--plan-key", key.flag))); got != env+": 0 added, 0 changed, 0 destroyed" {
		t.Errorf("the next deployment says %q, want nothing left to do", got)
	}
	s, _ := readState(t, env)
	if names := s.names(); !slices.Equal(names, []string{"first", "second"}) {
		t.Errorf("the state has %q", names)
	}
	if got := result(t, s3.on(call(p, "destroy", env))); got != env+": 3 destroyed" {
		t.Errorf("destroy says %q", got)
	}
}

// A destruction loses no state either, and what is kept can be dropped.
func TestErroredStateOfDestroy(t *testing.T) {
	p := project(t, secretive)
	env := world.Environment()
	s3 := newFaulty(t)
	key := newKey(t)
	world.Succeed(t, s3.on(call(p, "deploy", env)))
	s3.refuse.Store(true)
	refused(t, s3.on(call(p, "destroy", env, "--plan-key", key.flag)), 1, "running terraform destroy: state not written: nothing new is not in it: it is kept")
	s3.refuse.Store(false)
	path := filepath.Join(t.TempDir(), "state.age")
	drop := func(sum string) harness.Call {
		return s3.on(call(p, "errored-state", env, "--drop", sum, "export", "--path", path))
	}
	refused(t, drop("0123"), 1, `"0123" is not the SHA-256 of the one that is kept`)
	world.Succeed(t, s3.on(call(p, "errored-state", env, "export", "--path", path)))
	world.Succeed(t, drop(fmt.Sprintf("%x", sha256.Sum256([]byte(readFile(t, path))))))
	if got := result(t, s3.on(call(p, "destroy", env))); got != env+": 3 destroyed" {
		t.Errorf("after dropping what was kept, destroy says %q", got)
	}
	if _, exists := readState(t, env); exists {
		t.Error("the state is still there")
	}
}
