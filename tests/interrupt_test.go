package tests

import (
	"os"
	"strings"
	"syscall"
	"testing"
)

// slow is a resource whose creation takes longer than any test waits, and ends when it is asked to.
const slow = `resource "terraform_data" "slow" {
  provisioner "local-exec" {
    command = "echo creating the slow one; trap 'exit 1' INT; sleep 600 & wait"
  }
}
`

func TestInterruptedDeploy(t *testing.T) {
	world.Embedded(t, "a Dagger engine kills what runs at once when it is interrupted: terraform cannot release its lock")
	world.NeedTerraform(t)
	for _, test := range []struct {
		signal os.Signal
		code   int
	}{{syscall.SIGINT, 130}, {syscall.SIGTERM, 143}} {
		t.Run(test.signal.String(), func(t *testing.T) {
			p := world.Project(t)
			p.Write("infra/slow.tf", slow)
			env := world.Environment()
			call := p.Call("deploy", "--environment", env)
			process := world.Start(t, call.And("--progress", "plain"))
			process.Prints("(local-exec): creating the slow one")
			if !world.Locked(t, env) {
				t.Error("the state is not locked during an apply")
			}
			process.Signal(test.signal)
			r := process.Wait()
			if r.Code != test.code {
				t.Errorf("exit code %d, want %d", r.Code, test.code)
			}
			if line := errorLine(t, r); !strings.Contains(line, "interrupted") {
				t.Errorf("the error does not say that it was interrupted: %q", line)
			}
			if world.Locked(t, env) {
				t.Fatal("the state is still locked")
			}
			// What was finished before is in the state.
			if state, _ := world.Object(t, "fixture/"+env+"/terraform.tfstate"); !strings.Contains(state, `"type": "terraform_data"`) {
				t.Errorf("the state does not hold what was created: %q", state)
			}

			p.Remove("infra/slow.tf")
			world.Succeed(t, call)
			if got := outputs(t, p, env)["environment"]; got != env {
				t.Errorf("the next deployment gave the environment %q", got)
			}
		})
	}
}

// A second signal does not wait.
func TestInterruptedTwice(t *testing.T) {
	world.Embedded(t, "a Dagger engine kills at the first signal")
	p := world.Project(t)
	p.Write("Makefile", "test:\n\t@trap '' INT; echo deaf now; sleep 600\n")
	process := world.Start(t, p.Call("test", "--progress", "plain"))
	process.Prints(" deaf now")
	process.Signal(syscall.SIGINT)
	process.Prints("once more to end it at once")
	process.Signal(syscall.SIGINT)
	if r := process.Wait(); r.Code != 130 {
		t.Errorf("exit code %d, want 130\n%s", r.Code, r.Stderr)
	}
	// The engine is well, and the command is gone.
	q := world.Project(t)
	world.Succeed(t, q.Call("test"))
}
