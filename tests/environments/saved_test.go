package environments

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

// movedCode is the exit code of a saved plan that does not fit any more.
const movedCode = 3

// savedPlan makes a plan and returns the folder with it.
func savedPlan(t *testing.T, p *harness.Project, environment string, k key) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "plan")
	world.Succeed(t, call(p, "plan-report", environment, "--plan-key", k.flag, "export", "--path", dir))
	return dir
}

func TestSavedPlan(t *testing.T) {
	p := project(t, counted)
	env := world.Environment()
	k := newKey(t)
	dir := savedPlan(t, p, env, k)
	if _, exists := readState(t, env); exists {
		t.Error("a plan wrote a state")
	}
	wantFiles(t, dir, "plan.age", "plan.json", "plan.md", "plan.txt", "summary.json")
	if got, want := readFile(t, filepath.Join(dir, "plan.json")), `{"create":1,"update":0,"delete":0}`+"\n"; got != want {
		t.Errorf("GitLab's report is %q, want %q", got, want)
	}
	if note := readFile(t, filepath.Join(dir, "plan.md")); !strings.Contains(note, "### Terraform plan for `"+env+"`") || !strings.Contains(note, "- `terraform_data.it`") {
		t.Errorf("the note is %q", note)
	}
	apply := call(p, "deploy", env, "--plan", filepath.Join(dir, "plan.age"), "--plan-key", k.flag)
	if got, want := result(t, apply), env+": 1 added, 0 changed, 0 destroyed"; got != want {
		t.Errorf("applying says %q, want %q", got, want)
	}
	before := writes(t, env)
	refused(t, apply, movedCode, "running terraform apply: plan changed: ", "make a new plan")
	if after := writes(t, env); after != before {
		t.Errorf("the refused plan wrote the state %d times", after-before)
	}
}

// A plan of the top directory as root module is applied there, too: the plan is none
// of its files.
func TestSavedPlanOfTheTopDirectory(t *testing.T) {
	p := project(t, counted)
	p.Write("main.tf", variables+counted)
	p.Remove("infra")
	p.Append("pyproject.toml", "\n[tool.pipeline.terraform]\nroots = [\".\"]\n")
	env := world.Environment()
	k := newKey(t)
	dir := savedPlan(t, p, env, k)
	if got, want := result(t, call(p, "deploy", env, "--plan", filepath.Join(dir, "plan.age"), "--plan-key", k.flag)), env+": 1 added, 0 changed, 0 destroyed"; got != want {
		t.Errorf("applying says %q, want %q", got, want)
	}
}

// Without a key no plan leaves the engine.
func TestReportWithoutKey(t *testing.T) {
	p := project(t, counted)
	dir := filepath.Join(t.TempDir(), "plan")
	world.Succeed(t, call(p, "plan-report", world.Environment(), "export", "--path", dir))
	wantFiles(t, dir, "plan.json", "plan.md", "plan.txt", "summary.json")
}

func wantFiles(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if !slices.Equal(got, want) {
		t.Errorf("the report has %q, want %q", got, want)
	}
}

// Whatever moves between the plan and its application, the plan is refused and nothing is changed.
func TestSavedPlanRefused(t *testing.T) {
	const module = counted + `
variable "size" { default = "small" }
resource "terraform_data" "sized" { input = var.size }
`
	for _, test := range []struct {
		name string
		move func(t *testing.T, p *harness.Project, environment string)
		code int
		want string
	}{
		{"the state is another deployment's", func(t *testing.T, p *harness.Project, env string) {
			other := *p
			world.Succeed(t, call(&other, "deploy", env))
		}, movedCode, "serial 1 is now 2"},
		{"the state was edited", func(t *testing.T, _ *harness.Project, env string) {
			text, _ := world.Object(t, stateKey(env))
			var s map[string]any
			if err := json.Unmarshal([]byte(text), &s); err != nil {
				t.Fatal(err)
			}
			s["serial"] = s["serial"].(float64) + 5
			edited, err := json.Marshal(s)
			if err != nil {
				t.Fatal(err)
			}
			putObject(t, stateKey(env), string(edited))
		}, movedCode, "serial 1 is now 6"},
		{"the state is gone", func(t *testing.T, _ *harness.Project, env string) {
			s3(t, "DELETE", "/"+stateKey(env), "")
		}, movedCode, "is now none; serial 1 is now 0; terraform_data.it has something to create now; terraform_data.sized is now to create"},
		{"the configuration is another one", func(t *testing.T, p *harness.Project, _ string) {
			p.Replace("infra/main.tf", "example.com", "example.org")
		}, movedCode, "the configuration is another one"},
		{"a variables file is another one", func(t *testing.T, p *harness.Project, _ string) {
			p.Write("infra/team.auto.tfvars", "size = \"large\"\n")
		}, movedCode, "the configuration is another one; terraform_data.sized has other values"},
		{"the artifact is another one", func(t *testing.T, p *harness.Project, _ string) {
			p.Write("artifact.bin", "another artifact")
		}, movedCode, "the artifact is another one"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := project(t, module)
			env := world.Environment()
			k := newKey(t)
			world.Succeed(t, call(p, "deploy", env))
			p.Write("infra/size.auto.tfvars", "size = \"medium\"\n")
			dir := savedPlan(t, p, env, k)
			test.move(t, p, env)
			before := writes(t, env)
			refused(t, call(p, "deploy", env, "--plan", filepath.Join(dir, "plan.age"), "--plan-key", k.flag), test.code, "plan changed: ", test.want, ": make a new plan")
			if after := writes(t, env); after != before {
				t.Errorf("the refused plan wrote the state %d times", after-before)
			}
			if _, held := lock(t, env); held {
				t.Error("the refused plan left the lock held")
			}
		})
	}
}

func TestPlanThatIsNone(t *testing.T) {
	p := project(t, counted)
	env, other := world.Environment(), world.Environment()
	k := newKey(t)
	dir := savedPlan(t, p, env, k)
	plan := filepath.Join(dir, "plan.age")
	damaged := filepath.Join(dir, "damaged.age")
	sealed := readFile(t, plan)
	writeFile(t, damaged, sealed[:len(sealed)-20]+strings.Repeat("x", 20))
	noKey := filepath.Join(dir, "no.key")
	writeFile(t, noKey, "a passphrase\n")

	const unreadable = "running terraform apply: the plan cannot be decrypted: it was made with another key, or is damaged"
	refused(t, call(p, "deploy", env, "--plan", plan), 1, "no key given for the saved plan: give the one that it was made with, --plan-key")
	refused(t, call(p, "deploy", env, "--plan", plan, "--plan-key", newKey(t).flag), 1, unreadable)
	refused(t, call(p, "deploy", env, "--plan", damaged, "--plan-key", k.flag), 1, unreadable)
	refused(t, call(p, "deploy", env, "--plan", filepath.Join(dir, "plan.txt"), "--plan-key", k.flag), 1, unreadable)
	refused(t, call(p, "deploy", other, "--plan", plan, "--plan-key", k.flag), movedCode, "plan changed: environment "+env+" is now "+other)
	refused(t, call(p, "plan-report", env, "--plan-key", "file://"+noKey, "export", "--path", filepath.Join(dir, "no")), 1,
		"running terraform plan: the plan key is no age identity: make one with age-keygen")
	for _, e := range []string{env, other} {
		if n := writes(t, e); n != 0 {
			t.Errorf("the state of %s was written %d times", e, n)
		}
	}
}
