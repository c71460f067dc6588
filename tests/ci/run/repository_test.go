package run

import (
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

// A canary is a secret that must show nowhere.
const canary = "secret-canary-of-the-ci-tests"

// repository is a clone as a runner has it: the repository's .gitlab-ci.yml and templates, and a small project where
// they look for one.
type repository struct {
	*harness.Project
	dir string
}

const project = "examples/app"

// newRepository makes a clone. An empty one has the CI files only.
func newRepository(t *testing.T, empty bool) repository {
	t.Helper()
	r := repository{dir: t.TempDir()}
	copyDir(t, filepath.Join(world.Root, "templates"), filepath.Join(r.dir, "templates"))
	copyFile(t, filepath.Join(world.Root, ".gitlab-ci.yml"), filepath.Join(r.dir, ".gitlab-ci.yml"))
	if !empty {
		p := world.Project(t)
		p.Append("infra/outputs.tf", "\noutput \"url\" {\n  value = \"https://${var.environment}.example.com\"\n}\n")
		copyDir(t, p.Dir, filepath.Join(r.dir, project))
		p.Dir = filepath.Join(r.dir, project)
		r.Project = p
	}
	r.git(t, "init", "-q", "-b", "main")
	r.git(t, "remote", "add", "origin", "https://gitlab.example.com/group/project.git")
	return r
}

func (r repository) git(t *testing.T, args ...string) {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=test", "-c", "user.email=test@example.com"}, args...)...)
	cmd.Dir = r.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// commit records all files, as runners check out what is committed.
func (r repository) commit(t *testing.T) {
	t.Helper()
	r.git(t, "add", "-A")
	r.git(t, "commit", "-q", "--allow-empty", "-m", "test")
}

// variables are a project's CI/CD settings for the lab.
func variables() map[string]string {
	l := world.Lab
	flags := []string{"--python-image=" + l.PythonImage, "--terraform-image=" + l.TerraformImage,
		"--registry-username=" + l.Username, "--registry-password=env://LAB_REGISTRY_PASSWORD", "--aws-endpoint=" + world.AWS.Endpoint}
	token := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." +
		base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"project_path:group/project","aud":"https://gitlab.com"}`)) + "." + canary
	set := map[string]string{
		"TF_STATE_BUCKET":     world.AWS.StateBucket,
		"PIPELINE_REGISTRY":   l.Registry + "/pipelines/fixture",
		"PIPELINE_MORE_FLAGS": strings.Join(flags, " "),
		"AWS_ROLE_ARN":        "arn:aws:iam::123456789012:role/deploy",
		"AWS_ID_TOKEN":        token,
	}
	if e, ok := world.Engine.(harness.Dagger); ok {
		set["DAGGER_MODULE"] = e.Module
	}
	return set
}

// runner is the environment of a runner: the dagger command on PATH, the embedded engine's where that is tested, and the
// registry's password as a masked variable.
func runner(t *testing.T) []string {
	t.Helper()
	bin := t.TempDir()
	if e, ok := world.Engine.(harness.Embedded); ok {
		if err := os.Symlink(filepath.Join(e.Root, "pipeline"), filepath.Join(bin, "dagger")); err != nil {
			t.Fatal(err)
		}
	}
	var env []string
	for _, kv := range world.Engine.Command(t.Context(), "", filepath.Join(t.TempDir(), "summary.json"), nil).Env {
		if path, ok := strings.CutPrefix(kv, "PATH="); ok {
			kv = "PATH=" + bin + ":" + path
		}
		env = append(env, kv)
	}
	return append(env, "LAB_REGISTRY_PASSWORD="+world.Lab.Password)
}

func copyDir(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// mergeRequest is what GitLab tells the pipeline of a merge request.
func mergeRequest(environment, target string) map[string]string {
	return map[string]string{
		"CI_PIPELINE_SOURCE": "merge_request_event", "CI_MERGE_REQUEST_IID": strings.TrimPrefix(environment, "mr-"),
		"CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "feature", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": target,
		"CI_MERGE_REQUEST_PROJECT_ID": "1", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "1", "CI_COMMIT_BRANCH": "",
	}
}

// branch is what GitLab tells the pipeline of a branch.
func branch(name string) map[string]string {
	return map[string]string{"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": name}
}

func key(environment string) string { return fmt.Sprintf("fixture/%s/terraform.tfstate", environment) }
