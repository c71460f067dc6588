package steps

import (
	"archive/zip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// scripted runs a script with a terraform that a test writes, in a directory of
// its own, and gives that and what the script printed.
func scripted(t *testing.T, script, terraform string, env []string, args ...string) (dir, out string, code int) {
	t.Helper()
	for _, tool := range []string{"jq", "unzip"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not on PATH", tool)
		}
	}
	dir = t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "root/.terraform"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "run"), 0o755); err != nil {
		t.Fatal(err)
	}
	entries, err := scripts.ReadDir("scripts")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		text, err := scripts.ReadFile("scripts/" + e.Name())
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, e.Name()), text, 0o755)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{"terraform": "#!/bin/sh\n" + terraform, "backend.tf": backend} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	c := exec.Command(filepath.Join(dir, script), args...)
	c.Dir = filepath.Join(dir, "root")
	c.Env = append(append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"), "DIR="+dir, "MEMORY="+filepath.Join(dir, "run")), env...)
	text, err := c.CombinedOutput()
	if c.ProcessState == nil {
		t.Fatal(err)
	}
	return dir, string(text), c.ProcessState.ExitCode()
}

// The backend is initialised without the providers, for the run's own key; where
// that cannot be, init says what is wrong in the root module.
func TestInitBackendScript(t *testing.T) {
	const full = "full init"
	// In the root module there is no backend.tf.
	const terraform = `[ -f backend.tf ] || { echo "` + full + ` $*"; exit 3; }` + "\nkey=\nfor a; do case $a in -backend-config=key=*) key=${a#*=key=} ;; esac; done\nmkdir .terraform\n"
	for name, tt := range map[string]struct{ terraform, noted, says string }{
		"noted":        {terraform + `echo "{\"backend\":{\"config\":{\"key\":\"$key\"}}}" > .terraform/terraform.tfstate`, "p/mr-1/terraform.tfstate", ""},
		"refused":      {terraform + "exit 1", "", full},
		"another form": {terraform + `echo '{"backend":{"config":{"Key":"x"}}}' > .terraform/terraform.tfstate`, "", full},
		"no note":      {terraform, "", full},
	} {
		t.Run(name, func(t *testing.T) {
			dir, out, code := scripted(t, "init-backend.sh", tt.terraform, nil, "-no-color", "-backend-config=bucket=b", "-backend-config=key=p/mr-1/terraform.tfstate")
			noted, _ := os.ReadFile(filepath.Join(dir, "root/.terraform/terraform.tfstate"))
			if want := tt.noted; want != "" && !strings.Contains(string(noted), `"`+want+`"`) || want == "" && len(noted) > 0 {
				t.Errorf("noted %s", noted)
			}
			if tt.says == "" && code != 0 || tt.says != "" && (code != 3 || !strings.Contains(out, tt.says+" init -no-color -backend-config=bucket=b -backend-config=key=p/mr-1/terraform.tfstate\n")) {
				t.Errorf("code %d, %q", code, out)
			}
		})
	}
}

// All locked providers can be had, also one that only a state has a use for.
func TestInitReadyScript(t *testing.T) {
	providers := t.TempDir()
	for _, p := range []string{"h/a/used/1.0.0/linux_amd64", "h/a/left/2.0.0/linux_amd64"} {
		if err := os.MkdirAll(filepath.Join(providers, p), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	const terraform = "mkdir -p .terraform/providers/h/a/used/1.0.0 && ln -s /elsewhere/used .terraform/providers/h/a/used/1.0.0/linux_amd64\n"
	dir, out, code := scripted(t, "init-ready.sh", terraform, nil, providers)
	if code != 0 {
		t.Fatalf("code %d: %s", code, out)
	}
	if link, err := os.Readlink(filepath.Join(dir, "root/.terraform/providers/h/a/left/2.0.0/linux_amd64")); err != nil || link != providers+"/h/a/left/2.0.0/linux_amd64" {
		t.Errorf("%q, %v", link, err)
	}
	if link, err := os.Readlink(filepath.Join(dir, "root/.terraform/providers/h/a/used/1.0.0/linux_amd64")); err != nil || link != "/elsewhere/used" {
		t.Errorf("terraform's own link is now %q, %v", link, err)
	}
	if _, out, code := scripted(t, "init-ready.sh", "echo no; exit 4", nil, providers); code != 4 || out != "no\n" {
		t.Errorf("terraform fails: code %d, %q", code, out)
	}
}

// planFile is a saved plan, as far as the scripts read it.
func planFile(t *testing.T, now, before string) string {
	t.Helper()
	plan := filepath.Join(t.TempDir(), "tfplan")
	f, err := os.Create(plan)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	for name, text := range map[string]string{"tfstate": now, "tfstate-prev": before} {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return plan
}

// A key of for_each may be a secret value: no file that leaves the engine has it, and so
// no note and no page.
func TestNoSecretInAddresses(t *testing.T) {
	show := `{"resource_changes":[
{"address":"aws_ssm_parameter.k[\"s3cr3t-1\"]","change":{"actions":["create"],"importing":{"id":"/s3cr3t-1/a"}}},
{"address":"aws_ssm_parameter.k[\"say \\\"hi\\\"\"]","previous_address":"aws_ssm_parameter.old[\"s3cr3t-1\"]","change":{"actions":["no-op"]}},
{"address":"aws_sqs_queue.create","change":{"actions":["create"]}}],
"resource_drift":[{"address":"aws_ssm_parameter.k[\"s3cr3t\"]","change":{"actions":["update"],"before":{"x":1},"after":{"x":2}}}]}`
	values := t.TempDir()
	forms, _ := maskForms([]string{"s3cr3t-1", "s3cr3t", `say "hi"`, "create"})
	for i, form := range forms {
		writeFile(t, filepath.Join(values, strconv.Itoa(i)), form)
	}
	writeFile(t, filepath.Join(values, "show"), show)
	plan := planFile(t, `{"resources":[]}`, "")
	terraform := "case $1 in show) cat " + values + "/show ;; plan) for a; do case $a in -out=*) cp " + plan + " \"${a#-out=}\" ;; esac; done; exit 2 ;; esac\n"
	env := []string{"ENVIRONMENT=mr-1", "PIPELINE_ARTIFACTS=/dev/null", "TF_VAR_artifact=x", "PLAN_KEY_FILE=none", "VALUES=" + values}
	dir, out, code := scripted(t, "make-plan.sh", terraform, env, "memory", "out", "plan.age")
	if code != 2 {
		t.Fatalf("code %d: %s", code, out)
	}
	text, err := os.ReadFile(filepath.Join(dir, "root/out/summary.json"))
	if err != nil {
		t.Fatal(err)
	}
	summary, err := ParseSummary(string(text))
	if err != nil {
		t.Fatal(err)
	}
	want := []Change{{Address: `aws_ssm_parameter.k["***"]`, Action: "create", Imported: true}, {Address: `aws_ssm_parameter.k["***"]`, From: `aws_ssm_parameter.old["***"]`}, {Address: "aws_sqs_queue.***", Action: "create"}}
	if !slices.Equal(summary.Changes, want) || len(summary.Drift) != 1 || summary.Drift[0].Address != `aws_ssm_parameter.k["***"]` {
		t.Errorf("the summary is\n%s", text)
	}
	imports, err := os.ReadFile(filepath.Join(dir, "root/out.imports"))
	for name, text := range map[string]string{"summary.json": string(text), "plan.md": summary.Note("mr-1"), "imports": string(imports)} {
		if err != nil || strings.Contains(text, "s3cr3t") || strings.Contains(text, "say ") {
			t.Errorf("%s has a secret: %v\n%s", name, err, text)
		}
	}
}

// A plan that changes nothing is asked for what it does unless its own states say
// that nothing has drifted.
func TestPlanScriptAsksForDrift(t *testing.T) {
	const show = `{"resource_drift":[{"address":"a.b","change":{"actions":["update"],"before":{"x":1},"after":{"x":2}}}]}`
	for name, tt := range map[string]struct {
		before, now, code string
		want              string
	}{
		"as before":     {`{"serial":1,"resources":[{"x":1}]}`, `{"serial":2,"resources":[{"x":1}]}`, "0", `"drift":[]`},
		"drifted":       {`{"resources":[{"x":1}]}`, `{"resources":[{"x":2}]}`, "0", `"address":"a.b"`},
		"with changes":  {`{"resources":[]}`, `{"resources":[]}`, "2", `"address":"a.b"`},
		"no state else": {"", `{"resources":[]}`, "0", `"address":"a.b"`},
	} {
		t.Run(name, func(t *testing.T) {
			plan := planFile(t, tt.now, tt.before)
			terraform := "case $1 in show) echo '" + show + "' ;; plan) for a; do case $a in -out=*) cp " + plan + " \"${a#-out=}\" ;; esac; done; exit " + tt.code + " ;; esac\n"
			dir, out, code := scripted(t, "plan.sh", terraform, []string{"ENVIRONMENT=mr-1", "PIPELINE_ARTIFACTS=/dev/null", "PLAN_BUNDLE=x", "TF_VAR_artifact=x"}, "make", "made")
			if got := string(rune('0' + code)); got != tt.code {
				t.Fatalf("code %d: %s", code, out)
			}
			summary, err := os.ReadFile(filepath.Join(dir, "root/made/summary.json"))
			if flat := strings.Join(strings.Fields(string(summary)), ""); err != nil || !strings.Contains(flat, tt.want) {
				t.Errorf("summary %s, %v, want %s", flat, err, tt.want)
			}
		})
	}
}

// The lock file that the container has for a root module is in each run that initialises it.
func TestLockOfTheContainer(t *testing.T) {
	w := Workspace{Container: dag.Container().WithDirectory("keeps-locks", dag.Directory()), Source: dag.Directory(), Infra: "infra", Environment: "mr-7"}
	ready, err := w.ready(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	id, err := ready.ID(t.Context())
	if err != nil || !strings.Contains(string(id), "/withFile /app/infra/.terraform.lock.hcl") {
		t.Errorf("%s, %v", id, err)
	}
	c, own, err := w.withLock(t.Context(), dag.Container())
	if err != nil || own {
		t.Fatal(own, err)
	}
	if id, err := c.ID(t.Context()); err != nil || !strings.Contains(string(id), "/withFile /app/infra/.terraform.lock.hcl") {
		t.Errorf("%s, %v", id, err)
	}
}
