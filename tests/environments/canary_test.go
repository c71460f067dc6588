package environments

import (
	"bytes"
	"crypto/rand"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

// What is sensitive comes from a service, here another state, or is given as a secret, so that it is in no source. Then it is in
// the plan and in the state, and nowhere else: not in what the calls print, nor in what they give, nor on the engine's disk.
func TestSensitiveValuesStayInState(t *testing.T) {
	canary, given := "canary-"+rand.Text(), "canary-"+rand.Text()
	source := "secrets/" + rand.Text() + ".tfstate"
	p := project(t, `
data "terraform_remote_state" "secrets" {
  backend = "s3"
  config = {
    bucket = "`+world.AWS.StateBucket+`"
    key    = "`+source+`"
    region = var.region
    endpoints = { s3 = var.aws_endpoint }
    use_path_style              = true
    skip_credentials_validation = true
    skip_metadata_api_check     = true
    skip_requesting_account_id  = true
  }
}
locals { secret = sensitive(data.terraform_remote_state.secrets.outputs.secret) }
resource "terraform_data" "user" { input = local.secret }
variable "token" { sensitive = true }
resource "terraform_data" "given" { input = var.token }
output "password" {
  value     = terraform_data.user.output
  sensitive = true
}
output "shown" { value = "`+onDisk+`" }
`)
	putObject(t, source, `{"version":4,"terraform_version":"1.11.4","serial":1,"lineage":"secrets","outputs":{"secret":{"value":"`+canary+`","type":"string"}},"resources":[]}`)
	env := world.Environment()
	k := newKey(t)
	call := func(p *harness.Project, verb, environment string, flags ...string) harness.Call {
		return call(p, verb, environment, append(flags, "--terraform-variables", "env://TEST_VARIABLES")...).With("TEST_VARIABLES=token = \"" + given + "\"\n")
	}

	dir := filepath.Join(t.TempDir(), "plan")
	r := world.Succeed(t, call(p, "plan-report", env, "--plan-key", k.flag, "export", "--path", dir))
	printed := []string{r.Stdout, r.Stderr}
	plan := filepath.Join(dir, "plan.age")
	if !strings.Contains(k.decrypt(t, plan), "tfplan") {
		t.Fatal("the bundle has no plan in it")
	}
	for _, c := range []func(){
		func() {
			r = world.Succeed(t, call(p, "deploy", env, "--plan", plan, "--plan-key", k.flag))
		},
		func() { r = world.Succeed(t, call(p, "plan", env)) },
		func() { r = world.Succeed(t, call(p, "deploy", env)) },
		func() { r = world.Succeed(t, call(p, "outputs", env)) },
		func() { r = world.Succeed(t, call(p, "outputs", env, "--format", "dotenv")) },
		func() { r = world.Succeed(t, call(p, "drift", env)) },
	} {
		c()
		printed = append(printed, r.Stdout, r.Stderr)
	}
	for _, canary := range []string{canary, given} {
		if text, _ := world.Object(t, stateKey(env)); !strings.Contains(text, canary) {
			t.Fatal("the canary is not in the state: the test looks for nothing")
		}
		for _, text := range printed {
			if strings.Contains(text, canary) {
				t.Errorf("a call printed the canary:\n%s", text)
			}
		}
		if found := holding(t, dir, canary); len(found) > 0 {
			t.Errorf("the report has the canary in %q", found)
		}
	}
	disk := world.Disk(t)
	for _, canary := range []string{canary, given} {
		if found := holding(t, disk, canary); len(found) > 0 {
			t.Errorf("the engine's disk has the canary in %q", found)
		}
	}
	if found := holding(t, disk, onDisk); len(found) == 0 {
		t.Error("the engine's disk does not even have what the configuration says: the test looks in the wrong place")
	}
}

// Nor is it there while a deployment runs, or after it was killed: what is noted for `unlock` is which resources were made.
func TestKilledDeploymentLeavesNoSecret(t *testing.T) {
	disk := world.Disk(t)
	canary, key := "canary-"+rand.Text(), "canary-"+rand.Text()
	nowhere := func(when string) {
		t.Helper()
		for _, secret := range []string{canary, key} {
			if found := holding(t, disk, secret); len(found) > 0 {
				t.Errorf("%s the engine's disk has a secret in %q", when, found)
			}
		}
	}
	p := project(t, `
variable "token" {}
resource "terraform_data" "made" { input = var.token }
resource "terraform_data" "under_way" {
  depends_on = [terraform_data.made]
  provisioner "local-exec" {
    command     = "echo begun with $TOKEN && sleep 600"
    environment = { TOKEN = var.token }
  }
}
`)
	env := world.Environment()
	call := func(verb string, flags ...string) harness.Call {
		return call(p, verb, env, append(flags, "--terraform-variables", "env://TEST_VARIABLES")...).
			With("TEST_VARIABLES=token = \""+canary+"\"\n", "TEST_AWS_SECRET_KEY="+key)
	}
	run := world.Start(t, call("deploy", "--lock-timeout", "0s"))
	run.Prints("(local-exec): begun with")
	nowhere("while it runs")
	killTree(run.Pid())
	run.Wait()
	nowhere("after it was killed")
	l, held := lock(t, env)
	if !held {
		t.Fatal("the killed deployment holds no lock: it was not killed while it ran")
	}
	said := result(t, call("unlock", "--owner", l.Who, "--force"))
	if !strings.Contains(said, "terraform_data.made (id ") || !strings.Contains(said, "terraform_data.under_way (unfinished)") {
		t.Errorf("unlock does not name what was made: %s", said)
	}
}

const onDisk = "what-the-configuration-says-in-clear"

// holding are the files below a folder that hold a text.
func holding(t *testing.T, dir, text string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return nil // what goes away meanwhile holds nothing
		}
		found, err := fileHolds(path, []byte(text))
		if found {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// fileHolds reads in pieces that overlap by the text's length.
func fileHolds(path string, text []byte) (bool, error) {
	f, err := os.Open(path)
	if os.IsNotExist(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer f.Close()
	buf := make([]byte, 1<<20)
	kept := 0
	for {
		n, err := f.Read(buf[kept:])
		if bytes.Contains(buf[:kept+n], text) {
			return true, nil
		}
		if err != nil {
			return false, nil //nolint:nilerr // the end, or a file that went away
		}
		rest := min(kept+n, len(text)-1)
		copy(buf, buf[kept+n-rest:kept+n])
		kept = rest
	}
}
