package environments

import (
	"net/http"
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

// locking is a state server that asks for a login and keeps locks, as GitLab does.
type locking struct {
	stateServer
	lock string
}

func (s *locking) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if user, password, _ := r.BasicAuth(); user != "ci" || password != "token-of-the-state" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if !strings.HasSuffix(r.URL.Path, "/lock") {
		s.stateServer.ServeHTTP(w, r)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch body := read(r); {
	case r.Method == http.MethodDelete:
		s.lock = ""
	case s.lock != "":
		w.WriteHeader(http.StatusLocked)
		_, _ = w.Write([]byte(s.lock))
	default:
		s.lock = body
	}
}

const noChanges = "plan: 0 to add, 0 to change, 0 to destroy"

// A state in GitLab is used with a login, and then moved: the next plan has nothing to do, and nobody deploys by
// the former one.
func TestMoveFromServer(t *testing.T) {
	server := &locking{stateServer: stateServer{states: map[string]string{}}}
	address := listen(t, server).URL + "/state"
	p := project(t, "terraform {\n  backend \"http\" {}\n}\nresource \"terraform_data\" \"it\" { input = var.environment }\n")
	text := p.Read("pyproject.toml")
	own := text + "\n[tool.pipeline.terraform]\nbackend = \"own\"\n[tool.pipeline.terraform.backend-config]\naddress = \"" + address + "/{environment}\"\nlock_address = \"" + address + "/{environment}/lock\"\nunlock_address = \"" + address + "/{environment}/lock\"\nlock_method = \"POST\"\nunlock_method = \"DELETE\"\n"
	p.Write("pyproject.toml", own)
	env := world.Environment()
	login := func(c harness.Call) harness.Call {
		return common(c.And("--terraform-secrets", "env://TF_SECRETS")).With("TF_SECRETS=TF_HTTP_USERNAME=ci\nTF_HTTP_PASSWORD=token-of-the-state")
	}
	as := func(verb string, flags ...string) string {
		t.Helper()
		return result(t, login(call(p, verb, env, flags...)))
	}
	if got, want := as("deploy"), env+": 1 added, 0 changed, 0 destroyed"; got != want {
		t.Fatalf("deploy says %q, want %q", got, want)
	}
	p.Write("pyproject.toml", text+"\n[tool.pipeline.terraform]\nbackend = \"managed\"\n")
	from := []string{"--from", address + "/" + env}
	refused(t, call(p, "move-state", env, from...), 1, "the server answers 401 Unauthorized: give TF_HTTP_USERNAME and TF_HTTP_PASSWORD in --terraform-secrets")
	if got := as("move-state", from...); !strings.Contains(got, env+": now in s3://") {
		t.Errorf("move-state says %q", got)
	}
	if got := as("plan"); got != noChanges {
		t.Errorf("after the move, plan says %q", got)
	}
	refused(t, call(p, "move-state", env, from...), 1, "there is one already: nothing was changed")
	p.Write("pyproject.toml", own)
	refused(t, login(call(p, "deploy", env, "--lock-timeout", "0s")), 1,
		"is locked in its backend: moved to s3://"+world.AWS.StateBucket+"/"+stateKey(env))
}

// A state at the root module's own key is refused, moved, and cannot be used there any more.
func TestMoveFromKey(t *testing.T) {
	p := project(t, "")
	env := world.Environment()
	key := "old-" + env + ".tfstate"
	p.Write("infra/main.tf", variables+"terraform {\n  backend \"s3\" {\n    key = \""+key+"\"\n  }\n}\nresource \"terraform_data\" \"it\" { input = 1 }\n")
	putObject(t, key, `{"version":4,"terraform_version":"1.11.4","serial":3,"lineage":"a","outputs":{},"resources":[{"mode":"managed","type":"terraform_data","name":"it","provider":"provider[\"terraform.io/builtin/terraform\"]","instances":[{"schema_version":0,"attributes":{"id":"x","input":{"value":1,"type":"number"},"output":{"value":1,"type":"number"},"triggers_replace":null}}]}]}`)
	place := "s3://" + world.AWS.StateBucket + "/" + key
	refused(t, call(p, "plan", env), 1, "move-state --environment "+env+" --from "+place)
	if status, _ := s3(t, http.MethodPut, "/"+key+".tflock", `{"ID":"x","Who":"somebody","Operation":"OperationTypeApply"}`); status != http.StatusOK {
		t.Fatal(status)
	}
	refused(t, call(p, "move-state", env, "--from", place), 1, "somebody holds it (OperationTypeApply)")
	if _, exists := readState(t, env); exists || world.Locked(t, env) {
		t.Error("the refused move wrote a state or left a lock")
	}
	s3(t, http.MethodDelete, "/"+key+".tflock", "")
	if got := result(t, call(p, "move-state", env, "--from", place)); !strings.Contains(got, ": 1 resource or module; ") {
		t.Errorf("move-state says %q", got)
	}
	if got := result(t, call(p, "plan", env)); got != noChanges {
		t.Errorf("after the move, plan says %q", got)
	}
	if text, _ := world.Object(t, key); !strings.Contains(text, "moved to s3://"+world.AWS.StateBucket+"/"+stateKey(env)) || world.Locked(t, env) {
		t.Errorf("the former place has %q", text)
	}
}

// What is no state, or may be another environment's, is no start.
func TestFirstContactRefused(t *testing.T) {
	p := project(t, counted)
	env := world.Environment()
	putObject(t, stateKey(env), "")
	refused(t, call(p, "plan", env), 1, "is not a state: it is empty")
	putObject(t, stateKey(env), `{"serial":3,"lineage":"l","meta":{},"encrypted_data":"c2VjcmV0","encryption_version":"v0"}`)
	refused(t, call(p, "plan", env), 1, "OpenTofu")
	p.Replace("pyproject.toml", `name = "fixture"`, `name = "`+env+`"`)
	putObject(t, env+"/prod/terraform.tfstate", `{"version":4,"serial":1,"lineage":"l","resources":[]}`)
	refused(t, call(p, "plan", "production"), 1, `one of the environment "prod": where that was renamed, move it (move-state --environment production --from s3://`)
	if got := result(t, call(p, "move-state", "production", "--from", "none")); !strings.Contains(got, "production: a new environment, with an empty state at") {
		t.Errorf("move-state says %q", got)
	}
	if got, want := result(t, call(p, "plan", "production")), "plan: 1 to add, 0 to change, 0 to destroy"; got != want {
		t.Errorf("plan says %q, want %q", got, want)
	}
}
