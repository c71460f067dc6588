package steps

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"dagger/pipeline/environments"
	"dagger/pipeline/rootmodule"
)

// planOf is a plan in which a command is to do something, and a function has an archive
// with a hash: in the root module, or in one that it calls.
func planOf(module, action, before, after string) string {
	configured := `{"resources": [
		{"address": "null_resource.deps", "mode": "managed", "type": "null_resource", "provisioners": [{"type": "local-exec"}]},
		{"address": "data.archive_file.zip", "mode": "data", "type": "archive_file", "depends_on": ["null_resource.deps"], "expressions": {"type": {"constant_value": "zip"}}}]}`
	if module != "" {
		configured = `{"module_calls": {"m": {"module": ` + configured + `}}}`
	}
	return `{"configuration": {"root_module": ` + configured + `},
		"prior_state": {"values": {"root_module": {"resources": [], "child_modules": [{"resources": [
			{"address": "` + module + `data.archive_file.zip", "mode": "data", "type": "archive_file", "values": {"output_base64sha256": "new", "output_md5": null}}]}]}}},
		"resource_changes": [
			{"address": "` + module + `null_resource.deps[0]", "mode": "managed", "change": {"actions": ["` + action + `"], "before": {"id": "1"}, "after": {"id": "1"}}},
			{"address": "aws_lambda_function.it", "mode": "managed", "change": {"actions": ["update"], "before": {"source_code_hash": "` + before + `"}, "after": {"source_code_hash": "` + after + `", "image_uri": null}}}]}`
}

func TestIdleCommands(t *testing.T) {
	if _, err := exec.LookPath("jq"); err != nil {
		t.Skip("no jq on this machine: the terraform container has it")
	}
	for name, test := range map[string]struct{ plan, want string }{
		"a function without what was installed": {planOf("", "no-op", "old", "new"), `[{"address":"aws_lambda_function.it","archive":"data.archive_file.zip","command":"null_resource.deps"}]`},
		"in a module":                           {planOf("module.m.", "no-op", "old", "new"), `[{"address":"aws_lambda_function.it","archive":"module.m.data.archive_file.zip","command":"module.m.null_resource.deps"}]`},
		"the command runs":                      {planOf("", "create", "old", "new"), `[]`},
		"the archive is as before":              {planOf("", "no-op", "new", "new"), `[]`},
		"another archive":                       {planOf("", "no-op", "old", "other"), `[]`},
		"nothing to do":                         {`{}`, `[]`},
	} {
		file := filepath.Join(t.TempDir(), "plan.json")
		if err := os.WriteFile(file, []byte(test.plan), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("jq", "-c", "-f", "scripts/idle.jq", file).CombinedOutput()
		if got := strings.TrimSpace(string(out)); err != nil || got != test.want {
			t.Errorf("%s: %v, %s, want %s", name, err, got, test.want)
		}
	}
}

// Files that Terraform writes are in the container of one run alone.
func TestDriftOfFiles(t *testing.T) {
	if _, err := exec.LookPath("jq"); err != nil {
		t.Skip("no jq on this machine: the terraform container has it")
	}
	file := filepath.Join(t.TempDir(), "plan.json")
	gone := func(kind string) string {
		return `{"address": "` + kind + `.it", "type": "` + kind + `", "change": {"actions": ["delete"], "before": {"id": "1"}, "after": null}}`
	}
	if err := os.WriteFile(file, []byte(`{"resource_drift": [`+gone("local_file")+`, `+gone("local_sensitive_file")+`, `+gone("archive_file")+`, `+gone("aws_sqs_queue")+`]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("jq", "-c", "-f", "scripts/summary.jq", file).CombinedOutput()
	if want := `"drift":[{"address":"aws_sqs_queue.it","action":"delete"}]`; err != nil || !strings.Contains(string(out), want) {
		t.Errorf("%v, %s, want %s", err, out, want)
	}
}

func TestInstancesThatGo(t *testing.T) {
	s := Summary{Changes: []Change{{Address: `aws_s3_object.it["a.html"]`, Action: "delete"}, {Address: `aws_s3_object.it["b.html"]`, Action: "create"}, {Address: "aws_sqs_queue.it", Action: "delete"}, {Address: "aws_sqs_queue.q[0]", Action: "delete"}}}
	if got := strings.Join(s.lost(), " "); got != `aws_s3_object.it["a.html"]` {
		t.Errorf("%s", got)
	}
}

func TestCheckIdle(t *testing.T) {
	w := Workspace{Environment: environments.Production, Module: rootmodule.Module{Makers: []string{"null_resource.deps", "terraform_data.layer"}}}
	for name, test := range map[string]struct{ command, want string }{
		"of the root module": {"null_resource.deps", "(--replace null_resource.deps), or each time (triggers = { always = timestamp() })"},
		"of a module":        {"module.m.terraform_data.layer", "(--replace module.m.terraform_data.layer), or each time (triggers_replace = timestamp())"},
		"that makes nothing": {"null_resource.lint", ""},
	} {
		err := w.checkIdle([]unmade{{"aws_lambda_function.it", "data.archive_file.zip", test.command}})
		if (err != nil) != (test.want != "") || err != nil && !strings.HasSuffix(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
	said := w.explainArchive("│ Error: Archive creation error\n│ \n│   with module.a.module.b[0].data.archive_file.zip,\n", "Archive creation error: could not archive missing directory: ./../build: see main.tf line 6")
	if want := "(--replace module.a.module.b[0].null_resource.deps --replace module.a.module.b[0].terraform_data.layer)"; !strings.Contains(said, want) {
		t.Errorf("%s, want %s", said, want)
	}
}

func TestExplainMissingPrograms(t *testing.T) {
	const where = "\n  on main.tf line 4, in resource \"null_resource\" \"it\"\n    4:   provisioner \"local-exec\" {\n\n"
	for name, test := range map[string]struct{ output, want string }{
		"in dash":        {"Error: local-exec provisioner error" + where + "  Error running command 'pipenv lock': exit status 127. Output: /bin/sh: 1: pipenv: not found\n", "there is no pipenv in the terraform container: see main.tf line 4: add the package that has it to system-packages in " + settingsTable},
		"in bash":        {"Error: local-exec provisioner error" + where + "  Error running command 'x': exit status 127. Output: a\n  /bin/bash: line 1: zipper: command not found\n", "there is no zipper in the terraform container"},
		"an interpreter": {"Error: local-exec provisioner error" + where + "  Error running command 'x': exec: \"pwsh\": executable file not found in $PATH. Output: \n", "there is no pwsh in the terraform container: see main.tf line 4: add"},
		"a data source":  {"Error: External Program Lookup Failed\n  on main.tf line 2, in data \"external\" \"it\"\n    2:   program = [\"ruby\"]\n\n  The data source received an unexpected error.\n  Error: exec: \"ruby\": executable file not found in $PATH\n", "there is no ruby in the terraform container: see main.tf line 2: add"},
		"docker":         {"Error: local-exec provisioner error" + where + "  Error running command 'x': exit status 127. Output: sh: docker: not found\n", "there is no docker in the terraform container: see main.tf line 4: let the pipeline build"},
		"source":         {"Error: local-exec provisioner error" + where + "  Error running command 'x': exit status 127. Output: /bin/sh: 1: source: not found\n", "there is no source in the terraform container: see main.tf line 4: use"},
		"git": {"Error: External Program Execution Failed\n  on main.tf line 2, in data \"external\" \"it\"\n    2:   program = [\"bash\", \"git.sh\"]\n\n  The data source received an unexpected error.\n  \n  Error Message: fatal: not a git repository (or any of the parent directories):\n  .git\n  State: exit status 128\n",
			"a command asks git, and the source has no .git in the containers: see main.tf line 2: take"},
		"another error": {"Error: local-exec provisioner error" + where + "  Error running command 'x': exit status 1. Output: no such user\n", "local-exec provisioner error: see main.tf line 4: exit status 1"},
	} {
		if got := Explain(test.output, "b", "mr-1"); !strings.HasPrefix(got, test.want) {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}
