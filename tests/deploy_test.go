package tests

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

// outputs are those of the deployed project.
func outputs(t *testing.T, p *harness.Project, environment string, flags ...string) map[string]string {
	t.Helper()
	r := world.Succeed(t, p.Call(flags...).And("outputs", "--environment", environment))
	values := map[string]string{}
	if err := json.Unmarshal([]byte(r.Stdout), &values); err != nil {
		t.Fatalf("reading the outputs: %v: %q", err, r.Stdout)
	}
	return values
}

// packaged exports the artifact and returns its checksum as terraform and Lambda write it.
func packaged(t *testing.T, p *harness.Project) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "artifact.zip")
	world.Succeed(t, p.Call("build-package", "export", "--path", path))
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(data)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// wantLine checks the last line that a call printed as its result.
func wantLine(t *testing.T, r harness.Result, want string) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(r.Stdout), "\n")
	if got := lines[len(lines)-1]; got != want {
		t.Errorf("the last line is %q, want %q\n%s", got, want, r.Stdout)
	}
}

// A deployment's whole life, on the provider-free root module that works on every machine.
func TestDeployAndDestroy(t *testing.T) {
	world.NeedTerraform(t)
	p := world.Project(t)
	env := world.Environment()
	r := world.Succeed(t, p.Call("plan", "--environment", env))
	wantLine(t, r, "plan: 2 to add, 0 to change, 0 to destroy")
	if _, exists := world.Object(t, "fixture/"+env+"/terraform.tfstate"); exists {
		t.Error("plan wrote a state")
	}
	wantLine(t, world.Succeed(t, p.Call("deploy", "--environment", env)), env+": 2 added, 0 changed, 0 destroyed")
	if world.Locked(t, env) {
		t.Error("the state is locked after a deployment")
	}

	sum := packaged(t, p)
	if got := outputs(t, p, env)["artifact_hash"]; got != sum {
		t.Errorf("deployed artifact %s, build-package gives %s: each run of make build packs other bytes, so that was another run", got, sum)
	}
	wantLine(t, world.Succeed(t, p.Call("plan", "--environment", env)), "plan: 0 to add, 0 to change, 0 to destroy")

	p.Append("src/fixture/__init__.py", "\n# changed\n")
	wantLine(t, world.Succeed(t, p.Call("plan", "--environment", env)), "plan: 1 to add, 1 to change, 1 to destroy")
	wantLine(t, world.Succeed(t, p.Call("deploy", "--environment", env)), env+": 1 added, 1 changed, 1 destroyed")
	if got := outputs(t, p, env)["artifact_hash"]; got == sum {
		t.Error("the changed source did not reach the deployed artifact")
	}

	wantLine(t, world.Succeed(t, p.Call("destroy", "--environment", env)), env+": 2 destroyed")
	wantLine(t, world.Succeed(t, p.Call("destroy", "--environment", env)), env+": 0 destroyed")
}

// A given artifact is deployed as it is; nothing is built.
func TestDeployGivenArtifact(t *testing.T) {
	world.NeedTerraform(t)
	p := world.Project(t)
	p.Write("Makefile", "build:\n\tfalse\n")
	path := filepath.Join(t.TempDir(), "mine.zip")
	if err := os.WriteFile(path, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	env := world.Environment()
	world.Succeed(t, p.Call("deploy", "--environment", env, "--artifact", path))
	sum := sha256.Sum256([]byte("mine"))
	if got, want := outputs(t, p, env)["artifact_hash"], base64.StdEncoding.EncodeToString(sum[:]); got != want {
		t.Errorf("deployed artifact %s, want the given one, %s", got, want)
	}
}

// Environments do not share a state.
func TestEnvironmentsAreApart(t *testing.T) {
	world.NeedTerraform(t)
	p := world.Project(t)
	one, two := world.Environment(), world.Environment()
	world.Succeed(t, p.Call("deploy", "--environment", one))
	world.Succeed(t, p.Call("deploy", "--environment", two))
	world.Succeed(t, p.Call("destroy", "--environment", one))
	if got := outputs(t, p, two)["environment"]; got != two {
		t.Errorf("after destroying %s, %s has the environment %q", one, two, got)
	}
}

func TestDeployTwiceAppliesTwice(t *testing.T) {
	world.NeedTerraform(t)
	p := world.Project(t)
	env := world.Environment()
	deployTwice(t, p.Call("deploy", "--environment", env))
	if got := world.Locks(t, env); got != 2 {
		t.Errorf("two deployments locked the state %d times, want 2", got)
	}
	for range 2 {
		world.Succeed(t, p.Call("destroy", "--environment", env))
	}
	// A destruction locks the state once more, to remove it.
	if got := world.Locks(t, env); got != 6 {
		t.Errorf("with two destructions after them the state was locked %d times, want 6", got)
	}
}

// The test above would notice: without the variable that makes each run another one, the second
// deployment is not carried out.
func TestDeployTwiceNoticesACachedApply(t *testing.T) {
	world.NeedTerraform(t)
	p := world.Project(t)
	env := world.Environment()
	module := filepath.Join(t.TempDir(), "module")
	if err := harness.CopyModule(world.Root, module); err != nil {
		t.Fatal(err)
	}
	mutate(t, filepath.Join(module, "steps/workspace.go"), `rand.Text()`, `rand.Text()[:0]+"always the same"`)
	call := p.Call("deploy", "--environment", env)
	call.Module = module
	deployTwice(t, call)
	if got := world.Locks(t, env); got != 1 {
		t.Errorf("without the volatile variable two deployments locked the state %d times, want 1", got)
	}
}

func deployTwice(t *testing.T, call harness.Call) {
	t.Helper()
	for range 2 {
		world.Succeed(t, call)
	}
}

// mutate replaces a text that is there once.
func mutate(t *testing.T, path, old, new string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(data), old); n != 1 {
		t.Fatalf("%s has %q %d times, want once", path, old, n)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(data), old, new, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
}

// putOf matches the writing of an object of the state bucket.
func putOf(key string) func(harness.Request) bool {
	return func(r harness.Request) bool { return r.Method == "PUT" && strings.HasSuffix(r.Path, "/"+key) }
}
