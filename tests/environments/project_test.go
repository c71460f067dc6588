package environments

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"dagger/pipeline/tests/harness"
)

// project is a project whose artifact costs nothing to make, with one root module, main.tf.
func project(t *testing.T, module string) *harness.Project {
	t.Helper()
	world.NeedTerraform(t)
	p := world.Project(t)
	p.Write("artifact.bin", "the artifact")
	p.Remove("infra")
	p.Write("infra/main.tf", variables+module)
	return p
}

// variables are those that the pipeline sets.
const variables = `
variable "environment" { type = string }
variable "artifact" { type = string }
variable "region" { type = string }
variable "aws_endpoint" { type = string }
`

// call is a call for one environment. The artifact is given, so that nothing is built.
func call(p *harness.Project, verb, environment string, flags ...string) harness.Call {
	c := p.Call(verb, "--environment", environment)
	switch verb {
	case "plan", "plan-report", "deploy", "drift":
		c = c.And("--artifact", p.Path("artifact.bin"))
	}
	return common(c.And(flags...))
}

// common moves the flags that all functions have in common before the function, where a Dagger engine wants them. Of one
// that is given twice, the last is taken.
func common(c harness.Call) harness.Call {
	args := c.Args
	given := map[string]string{}
	rest := c
	for i := 0; i+1 < len(args); i++ {
		if name := args[i]; slices.Contains(commonFlags, name) {
			given[name] = args[i+1]
			rest = rest.Without(name)
		}
	}
	front := []string{rest.Args[0]}
	for _, name := range commonFlags {
		if value, ok := given[name]; ok {
			front = append(front, name, value)
		}
	}
	rest.Args = append(front, rest.Args[1:]...)
	return rest
}

var commonFlags = []string{"--terraform-variables", "--terraform-secrets", "--ssh-agent", "--lock-timeout", "--job", "--provider-mirror", "--aws-endpoint", "--terraform-image", "--state-bucket", "--infra"}

// result is the last line that a call printed as its result.
func result(t *testing.T, c harness.Call) string {
	t.Helper()
	r := world.Succeed(t, c)
	lines := strings.Split(strings.TrimSpace(r.Stdout), "\n")
	return lines[len(lines)-1]
}

// outputs are those of an environment.
func outputs(t *testing.T, p *harness.Project, environment string) map[string]any {
	t.Helper()
	values := map[string]any{}
	if err := json.Unmarshal([]byte(result(t, call(p, "outputs", environment))), &values); err != nil {
		t.Fatalf("reading the outputs: %v", err)
	}
	return values
}

// stateKey is where the state of an environment is.
func stateKey(environment string) string { return "fixture/" + environment + "/terraform.tfstate" }

// state is the part of a state that the tests read.
type state struct {
	Serial    int
	Lineage   string
	Resources []struct{ Mode, Type, Name string }
	Outputs   map[string]struct{ Value any }
}

// names are those of the managed resources.
func (s state) names() []string {
	var out []string
	for _, r := range s.Resources {
		if r.Mode == "managed" {
			out = append(out, r.Name)
		}
	}
	return out
}

// readState reads the state of an environment, and tells whether there is one.
func readState(t *testing.T, environment string) (s state, exists bool) {
	t.Helper()
	text, exists := world.Object(t, stateKey(environment))
	if !exists {
		return s, false
	}
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		t.Fatalf("reading the state of %s: %v", environment, err)
	}
	return s, true
}

// lock is the lock of an environment as terraform wrote it, and whether it is held.
func lock(t *testing.T, environment string) (holder struct{ ID, Who, Operation string }, held bool) {
	t.Helper()
	text, held := world.Object(t, stateKey(environment)+".tflock")
	if !held {
		return holder, false
	}
	if err := json.Unmarshal([]byte(text), &holder); err != nil {
		t.Fatalf("reading the lock of %s: %v: %q", environment, err, text)
	}
	return holder, true
}

// writes are the requests that changed the state of an environment.
func writes(t *testing.T, environment string) int {
	t.Helper()
	return len(world.Requests(t, func(r harness.Request) bool {
		return strings.HasSuffix(r.Path, "/"+stateKey(environment)) && (r.Method == "PUT" || r.Method == "DELETE")
	}))
}

// limit bounds the waiting for something that is under way.
const limit = 2 * time.Minute

// eventually polls until ok.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(limit); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waiting for %s: not within %s", what, limit)
		}
	}
}
