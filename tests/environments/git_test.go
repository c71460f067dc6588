package environments

import (
	"net/http"
	"net/http/cgi"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// gitServer serves a repository with one Terraform module, and asks for a login.
func gitServer(t *testing.T) (url string) {
	t.Helper()
	dir := t.TempDir()
	work := filepath.Join(dir, "work")
	if err := os.MkdirAll(work, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(work, "main.tf"), []byte("resource \"terraform_data\" \"it\" { input = 1 }\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "a module"}, {"clone", "-q", "--bare", ".", filepath.Join(dir, "module.git")}} {
		cmd := exec.Command("git", args...)
		cmd.Dir = work
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v: %s", args, err, out)
		}
	}
	path, err := exec.Command("git", "--exec-path").Output()
	if err != nil {
		t.Fatal(err)
	}
	backend := &cgi.Handler{Path: filepath.Join(strings.TrimSpace(string(path)), "git-http-backend"), Env: []string{"GIT_PROJECT_ROOT=" + dir, "GIT_HTTP_EXPORT_ALL=1"}}
	return listen(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "ci" || password != "token-of-git" {
			w.Header().Set("WWW-Authenticate", `Basic realm="git"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		backend.ServeHTTP(w, r)
	})).URL
}

// A module from a private git server is fetched with the login of a netrc file, also into the published image, which
// destroys without it.
func TestPrivateModule(t *testing.T) {
	url := gitServer(t)
	p := project(t, "module \"m\" { source = \"git::"+url+"/module.git\" }\n")
	env := world.Environment()
	refused(t, call(p, "plan", env), 1, "running terraform init: ")
	host := strings.Split(strings.TrimPrefix(url, "http://"), ":")[0]
	in := func(verb ...string) []string {
		return append([]string{"--terraform-secrets", "env://TF_SECRETS"}, verb...)
	}
	const netrc = "NETRC=machine HOST login ci password token-of-git"
	with := "TF_SECRETS=" + strings.ReplaceAll(netrc, "HOST", host)
	registry := world.Lab.Registry + "/" + env
	publish := common(p.Call()).Without("--registry").And("--registry", registry).And(in("publish-images", "--tag", env)...)
	world.Succeed(t, publish.With(with))
	if got, want := result(t, call(p, "deploy", env, "--terraform-secrets", "env://TF_SECRETS").With(with)), env+": 1 added, 0 changed, 0 destroyed"; got != want {
		t.Errorf("deploy says %q, want %q", got, want)
	}
	p.Dir = t.TempDir()
	if got, want := result(t, common(p.Call()).Without("--registry").And("--registry", registry).And("destroy", "--environment", env)), env+": 1 destroyed"; got != want {
		t.Errorf("destroy says %q, want %q", got, want)
	}
}
