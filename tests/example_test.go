package tests

import (
	"strings"
	"testing"
)

// The repository's example on the real AWS provider: what is deployed to the stand-in's Lambda is what
// build-package gives, and an edit of the source does not fetch the provider again.
func TestExampleOnAWSProvider(t *testing.T) {
	world.NeedAWSProvider(t)
	p := world.Example(t)
	var flags []string
	if world.Lab.Mirror != "" {
		flags = []string{"--provider-mirror", world.Lab.Mirror}
	}
	env := world.Environment()
	plan := world.Succeed(t, p.Call(flags...).And("plan", "--environment", env))
	if !strings.Contains(plan.Stdout, "aws_lambda_function.updater") {
		t.Errorf("the plan has no Lambda function:\n%s", plan.Stdout)
	}
	fetched := p.Fetched(t, flags...)

	p.Append("src/metadata_updater/__init__.py", "\n# edited\n")
	again := world.Succeed(t, p.Call(flags...).And("plan", "--environment", env))
	for _, name := range again.Ran() {
		if strings.Contains(name, "fetch-providers") || strings.Contains(name, "install") {
			t.Errorf("after an edit of the source %q ran", name)
		}
	}
	if now := p.Fetched(t, flags...); now != fetched {
		t.Errorf("the providers are of %s after an edit of the source, of %s before", now, fetched)
	}

	world.Succeed(t, p.Call(flags...).And("deploy", "--environment", env))
	sum := packaged(t, p)
	function := outputs(t, p, env, flags...)["function"]
	if function == "" {
		t.Fatal("no output names the function")
	}
	if got := world.CodeSHA256(t, function); got != sum {
		t.Errorf("Lambda has the code %s, build-package gives %s", got, sum)
	}
	world.Succeed(t, p.Call(flags...).And("destroy", "--environment", env))
	wantLine(t, world.Succeed(t, p.Call(flags...).And("destroy", "--environment", env)), env+": 0 destroyed")
}

// The root modules of the example with two services are valid: what they share is found outside of them.
func TestRepositoryOnAWSProvider(t *testing.T) {
	world.NeedAWSProvider(t)
	p := world.Repository(t)
	for _, service := range []string{"orders", "invoices"} {
		c := p.Call("--project", "services/"+service)
		if world.Lab.Mirror != "" {
			c = c.And("--provider-mirror", world.Lab.Mirror)
		}
		if r := world.Succeed(t, c.And("validate")); !strings.Contains(r.Stdout, "valid") {
			t.Errorf("%s: validate printed %q", service, r.Stdout)
		}
	}
}
