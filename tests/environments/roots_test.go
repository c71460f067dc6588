package environments

import (
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

// twoRoots is a project with two root modules, each of one resource, and a
// backend that leaves the bucket open.
func twoRoots(t *testing.T) *harness.Project {
	t.Helper()
	p := project(t, "")
	p.Remove("infra")
	for _, name := range []string{"network", "service"} {
		p.Write("terraform/"+name+"/main.tf", `
terraform {
  backend "s3" { key = "`+name+`.tfstate" }
}
variable "environment" {}
resource "terraform_data" "`+name+`" { input = var.environment }
output "`+name+`" { value = terraform_data.`+name+`.output }
`)
	}
	return p
}

func rootKey(environment, root string) string {
	return "fixture/" + environment + "/" + root + "/terraform.tfstate"
}

// Each root module has a state of its own: the second deployment does not know
// what the first has made, and so cannot destroy it.
func TestRootsOneByOne(t *testing.T) {
	p := twoRoots(t)
	env := world.Environment()
	for _, root := range []string{"terraform/network", "terraform/service"} {
		if got, want := result(t, call(p, "deploy", env, "--infra", root)), env+": 1 added, 0 changed, 0 destroyed"; got != want {
			t.Errorf("%s: deploy says %q, want %q", root, got, want)
		}
	}
	for _, root := range []string{"terraform/network", "terraform/service"} {
		if text, ok := world.Object(t, rootKey(env, root)); !ok || !strings.Contains(text, `"name": "`+strings.TrimPrefix(root, "terraform/")+`"`) {
			t.Errorf("%s: state %t: %s", root, ok, text)
		}
		if got, want := result(t, call(p, "plan", env, "--infra", root)), "plan: 0 to add, 0 to change, 0 to destroy"; got != want {
			t.Errorf("%s: plan says %q, want %q", root, got, want)
		}
	}
	if _, exists := readState(t, env); exists {
		t.Error("there is a state at the default root module's key, too")
	}
	if got, want := result(t, call(p, "destroy", env, "--infra", "terraform/network")), env+": 1 destroyed"; got != want {
		t.Errorf("destroy says %q, want %q", got, want)
	}
	if _, ok := world.Object(t, rootKey(env, "terraform/service")); !ok {
		t.Error("the destruction of one root module took the state of the other")
	}
}

// A project names its root modules once, in the order in which they are deployed.
func TestRootsTogether(t *testing.T) {
	p := twoRoots(t)
	p.Append("pyproject.toml", "\n[tool.pipeline.terraform]\nroots = [\"terraform/network\", \"terraform/service\"]\n")
	env := world.Environment()
	r := world.Succeed(t, call(p, "deploy", env))
	if got, want := strings.TrimSpace(r.Stdout), "terraform/network: "+env+": 1 added, 0 changed, 0 destroyed\nterraform/service: "+env+": 1 added, 0 changed, 0 destroyed"; got != want {
		t.Errorf("deploy says %q, want %q", got, want)
	}
	if got := outputs(t, p, env); got["network"] != env || got["service"] != env {
		t.Errorf("outputs %v", got)
	}
	swept := world.Succeed(t, common(p.Call("sweep", "--open", "1")))
	if !strings.Contains(swept.Stdout, env+": would be destroyed") {
		t.Errorf("sweep does not find it: %s", swept.Stdout)
	}
	r = world.Succeed(t, call(p, "destroy", env))
	if got, want := strings.TrimSpace(r.Stdout), "terraform/service: "+env+": 1 destroyed\nterraform/network: "+env+": 1 destroyed"; got != want {
		t.Errorf("destroy says %q, want %q", got, want)
	}
	for _, root := range []string{"terraform/network", "terraform/service"} {
		if _, ok := world.Object(t, rootKey(env, root)); ok {
			t.Errorf("%s: the empty state stays", root)
		}
	}
}

// A state that an earlier version put where all root modules had theirs is not
// passed over: the root module that it is of would plan to make all of it again.
func TestRootsFormerKey(t *testing.T) {
	p := twoRoots(t)
	env := world.Environment()
	const serviceState = `{"version":4,"terraform_version":"1.11.4","serial":3,"lineage":"l","outputs":{},"resources":[{"mode":"managed","type":"terraform_data","name":"service","provider":"provider[\"terraform.io/builtin/terraform\"]","instances":[]}]}`
	putObject(t, stateKey(env), serviceState)
	for _, verb := range []string{"plan", "deploy"} {
		refused(t, call(p, verb, env, "--infra", "terraform/service"), 1,
			"reading the state of "+env+": there is none at s3://"+world.AWS.StateBucket+"/"+rootKey(env, "terraform/service"), "and one at s3://"+world.AWS.StateBucket+"/"+stateKey(env), "move it (--infra terraform/service move-state ")
	}
	if _, ok := world.Object(t, rootKey(env, "terraform/service")); ok {
		t.Error("the refused deployment wrote a state")
	}
	// It is nothing to the other one.
	if got, want := result(t, call(p, "plan", env, "--infra", "terraform/network")), "plan: 1 to add, 0 to change, 0 to destroy"; got != want {
		t.Errorf("plan says %q, want %q", got, want)
	}
	// And the default root module does not take it for its own.
	p.Write("infra/main.tf", variables+counted)
	refused(t, call(p, "deploy", env), 1, `has 1 resource of the root module "terraform/service" and none of "infra": a deployment would destroy them`)
}

// Two projects of one name share their key: the second one's deployment would destroy
// what the first one's made.
func TestProjectsOfOneName(t *testing.T) {
	p := twoRoots(t)
	env := world.Environment()
	const first = `{"version":4,"terraform_version":"1.11.4","serial":3,"lineage":"l","outputs":{},"resources":[{"mode":"managed","type":"terraform_data","name":"of_the_first","provider":"provider[\"terraform.io/builtin/terraform\"]","instances":[]}]}`
	putObject(t, stateKey(env), first)
	p.Write("infra/main.tf", variables+counted)
	for _, verb := range []string{"plan", "deploy", "destroy"} {
		refused(t, call(p, verb, env), 1, "has 1 resource and none of \"infra\": a deployment would destroy them: where they are of another project called ")
	}
	if text, _ := world.Object(t, stateKey(env)); text != first {
		t.Errorf("the state is now %s", text)
	}
}

// A state at the key that the root module declares is not passed over either.
func TestRootsDeclaredKey(t *testing.T) {
	p := twoRoots(t)
	env := world.Environment()
	name := "service-" + env
	p.Replace("terraform/service/main.tf", `"service.tfstate"`, `"`+name+`.tfstate"`)
	const other = `{"version":4,"terraform_version":"1.11.4","serial":3,"lineage":"l","outputs":{},"resources":[{"mode":"managed","type":"terraform_data","name":"service","provider":"provider[\"terraform.io/builtin/terraform\"]","instances":[]}]}`
	for _, key := range []string{name + ".tfstate", "env:/" + env + "/" + name + ".tfstate"} {
		putObject(t, key, other)
		refused(t, call(p, "plan", env, "--infra", "terraform/service"), 1, "and one at s3://"+world.AWS.StateBucket+"/"+key+", which terraform/service/main.tf line 3 declares")
		s3(t, "DELETE", "/"+key, "")
	}
	// What else the backend says is for that place: nobody has its role, its profile and its table here.
	p.Replace("terraform/service/main.tf", `backend "s3" { `, "backend \"s3\" {\n  bucket = \""+world.AWS.StateBucket+"\"\n  role_arn = \"none\"\n  profile = \"ops\"\n  dynamodb_table = \"none\"\n  ")
	p.Replace("terraform/service/main.tf", ".tfstate\" }", ".tfstate\"\n  }")
	p.Append("pyproject.toml", "\n[tool.pipeline.terraform]\nbackend = \"managed\"\n")
	world.Succeed(t, call(p, "plan", env, "--infra", "terraform/service"))
}
