package steps

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"dagger/pipeline/rootmodule"
)

// inRoot runs commands of a shell one after the other in a root module of one
// resource, with terraform and the scripts on PATH.
func inRoot(t *testing.T, commands ...string) (out string, code int) {
	t.Helper()
	if _, err := exec.LookPath("terraform"); err != nil {
		t.Skip("terraform is not on PATH")
	}
	dir := t.TempDir()
	for _, name := range []string{"select-workspace.sh", "drop-workspace.sh", "default-workspace.sh"} {
		text, err := scripts.ReadFile("scripts/" + name)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), text, 0o755)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	writeFile(t, filepath.Join(dir, "root/main.tf"), "resource \"terraform_data\" \"it\" {}\n")
	c := exec.Command("sh", "-c", "set -e\nterraform init >/dev/null\n"+strings.Join(commands, "\n"))
	c.Dir = filepath.Join(dir, "root")
	c.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"), "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1")
	text, err := c.CombinedOutput()
	if c.ProcessState == nil {
		t.Fatal(err)
	}
	return string(text), c.ProcessState.ExitCode()
}

// The workspace of a lasting environment is created, unless another one has a state: that
// may be its own, under a former name.
func TestSelectWorkspace(t *testing.T) {
	const apply = "terraform apply -auto-approve >/dev/null"
	for name, test := range map[string]struct {
		before  string
		refused string
	}{
		"nothing there":               {"", ""},
		"it is there":                 {"terraform workspace new staging; terraform workspace select default", ""},
		"a merge request's is there":  {"terraform workspace new mr-7; " + apply + "; terraform workspace select default", ""},
		"an empty one is there":       {"terraform workspace new qa; terraform workspace select default", ""},
		"another one has a state":     {"terraform workspace new prod; " + apply + "; terraform workspace select default", "a state may be in another one (prod)"},
		"the default one has a state": {apply, "a state may be in another one (default)"},
		"one like a merge request's":  {"terraform workspace new mr-prod; " + apply + "; terraform workspace select default", "in another one (mr-prod)"},
	} {
		out, code := inRoot(t, test.before, "select-workspace.sh staging only", "echo selected $(terraform workspace show)")
		switch {
		case test.refused == "" && (code != 0 || !strings.Contains(out, "selected staging")):
			t.Errorf("%s: code %d\n%s", name, code, out)
		case test.refused != "" && (code == 0 || !strings.Contains(out, test.refused)):
			t.Errorf("%s: code %d\n%s", name, code, out)
		}
	}
}

// The workspace of a merge request is removed with its environment, but not while it has
// resources.
func TestDropWorkspace(t *testing.T) {
	const apply = "select-workspace.sh mr-7\nterraform apply -auto-approve >/dev/null"
	if out, code := inRoot(t, apply, "terraform destroy -auto-approve >/dev/null", "drop-workspace.sh mr-7", "echo left $(terraform workspace list | tr -d '* ')"); code != 0 || !strings.Contains(out, "left default\n") {
		t.Errorf("code %d\n%s", code, out)
	}
	if out, code := inRoot(t, apply, "drop-workspace.sh mr-7"); code == 0 || !strings.Contains(out, "mr-7") {
		t.Errorf("with resources: code %d\n%s", code, out)
	}
}

// Where a team selects the environment's workspace by hand, nothing is planned from the
// empty state of the default one.
func TestDefaultWorkspace(t *testing.T) {
	const (
		apply = "terraform apply -auto-approve >/dev/null"
		prod  = "terraform workspace new prod; " + apply + "; terraform workspace select default"
	)
	for name, test := range map[string]struct {
		before  string
		refused bool
	}{
		"nothing there":            {"", false},
		"its state is in one":      {prod, true},
		"its own has one, too":     {prod + "; " + apply, false},
		"an empty one of its name": {"terraform workspace new prod; terraform workspace select default", false},
		"one of another name":      {strings.Replace(prod, "new prod", "new live", 1), false},
		"one that cannot be read":  {"terraform workspace new prod; terraform workspace select default; echo '{' > terraform.tfstate.d/prod/terraform.tfstate", true},
	} {
		out, code := inRoot(t, test.before, "default-workspace.sh prod", "echo in $(terraform workspace show)")
		if test.refused != (code != 0) || test.refused && !strings.Contains(out, "the workspace prod has a state") || !test.refused && !strings.Contains(out, "in default") {
			t.Errorf("%s: code %d\n%s", name, code, out)
		}
	}
	for name, tt := range map[string]struct {
		w    Workspace
		want bool
	}{
		"own":                  {ownIn("s3", ""), true},
		"own, by the table":    {ownIn("s3", "default"), false},
		"own, of no workspace": {ownIn("http", ""), false},
		"managed":              {Workspace{Environment: "prod"}, false},
	} {
		c, err := tt.w.inWorkspace(t.Context(), dag.Container())
		if err != nil {
			t.Fatal(err)
		}
		made, err := c.ID(t.Context())
		if looks := strings.Contains(string(made), "withExec"); err != nil || looks != tt.want {
			t.Errorf("%s: %s, %v", name, made, err)
		}
	}
}

func ownIn(kind, workspace string) Workspace {
	w := Workspace{Environment: "prod", Backend: Backend{Own: true}, Module: rootmodule.Module{Backend: &rootmodule.Backend{Type: kind}}}
	w.Settings.Workspace = workspace
	return w
}
