package environments

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// named is a root module that names its resource after the workspace.
const named = `
terraform {
  backend "s3" {
    key    = "ws/terraform.tfstate"
    region = "us-west-2"
  }
}
variable "region" { default = "us-west-2" }
variable "environment" {}
resource "terraform_data" "topic" { input = "orders-${terraform.workspace}" }
output "topic" { value = terraform_data.topic.output }
output "region" { value = var.region }
`

// The workspace is the environment's, and the region that of the root module.
func TestWorkspace(t *testing.T) {
	p := project(t, "")
	p.Write("infra/main.tf", named)
	first, second := world.Environment(), world.Environment()
	for _, env := range []string{first, second} {
		world.Succeed(t, call(p, "deploy", env))
		if got := outputs(t, p, env); got["topic"] != "orders-"+env || got["region"] != "us-west-2" {
			t.Errorf("%s: outputs %v", env, got)
		}
		if _, exists := readState(t, env); !exists {
			t.Errorf("%s: no state at the environment's key", env)
		}
	}
	if got, want := result(t, call(p, "destroy", first)), first+": 1 destroyed"; got != want {
		t.Errorf("destroy says %q, want %q", got, want)
	}
	if _, exists := readState(t, first); exists {
		t.Error("the empty state stays")
	}
	if got, want := result(t, call(p, "plan", second)), "plan: 0 to add, 0 to change, 0 to destroy"; got != want {
		t.Errorf("after the other was destroyed, plan says %q, want %q", got, want)
	}
}

// A state that was made in the default workspace is not renamed in passing. A profile of
// the backend, which is on somebody's laptop, does not count.
func TestWorkspaceOfFormerState(t *testing.T) {
	p := project(t, "")
	p.Write("infra/main.tf", strings.Replace(named, "    region", "    profile = \"laptop\"\n    region", 1))
	env := world.Environment()
	table := "\n[tool.pipeline.terraform]\nworkspace = \"default\"\n"
	text := p.Read("pyproject.toml")
	p.Append("pyproject.toml", table)
	world.Succeed(t, call(p, "deploy", env))
	p.Write("pyproject.toml", text)
	refused(t, call(p, "deploy", env), 1, "as where it was made in the workspace \"default\", and infra/main.tf line 11 reads the workspace: set workspace = \"default\"")
	p.Append("pyproject.toml", table)
	if got, want := result(t, call(p, "plan", env)), "plan: 0 to add, 0 to change, 0 to destroy"; got != want {
		t.Errorf("plan says %q, want %q", got, want)
	}
}

// stateServer keeps states as GitLab does for Terraform's http backend.
type stateServer struct {
	mu     sync.Mutex
	states map[string]string
}

func (s *stateServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch text, there := s.states[r.URL.Path]; {
	case r.Method == http.MethodPost:
		s.states[r.URL.Path] = read(r)
	case r.Method == http.MethodGet && there:
		_, _ = io.WriteString(w, text)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func read(r *http.Request) string {
	body, _ := io.ReadAll(r.Body)
	return string(body)
}

// A backend that the project declares is used as it is, or the run is refused:
// it is never replaced in silence.
func TestDeclaredBackend(t *testing.T) {
	server := &stateServer{states: map[string]string{}}
	address := listen(t, server).URL + "/state"
	p := project(t, `
terraform {
  backend "http" { address = "`+address+`/prod" }
}
resource "terraform_data" "it" { input = var.environment }
`)
	env := world.Environment()
	for _, verb := range []string{"plan", "deploy", "destroy", "outputs"} {
		refused(t, call(p, verb, env), 1, `keeping the state of "infra": infra/main.tf line 8 declares the backend "http"`, `backend = "own"`, `backend = "managed"`)
	}
	if _, exists := readState(t, env); exists {
		t.Error("the refused deployment wrote a state")
	}
	text := p.Read("pyproject.toml")
	p.Append("pyproject.toml", "\n[tool.pipeline.terraform]\nbackend = \"own\"\n")
	refused(t, call(p, "deploy", env), 1, "has one state for all environments: set in [tool.pipeline.terraform] of pyproject.toml a file of its own")

	p.Write("pyproject.toml", text+"\n[tool.pipeline.terraform]\nbackend = \"own\"\nbackend-config = { address = \""+address+"/{environment}\" }\n")
	world.Succeed(t, call(p, "deploy", env))
	if state := server.states["/state/"+env]; !strings.Contains(state, env) {
		t.Errorf("the project's backend has %q", state)
	}
	if got, want := result(t, call(p, "plan", env)), "plan: 0 to add, 0 to change, 0 to destroy"; got != want {
		t.Errorf("first contact with a state: plan says %q, want %q", got, want)
	}
	if got, want := result(t, call(p, "destroy", env)), env+": 1 destroyed"; got != want {
		t.Errorf("destroy says %q, want %q", got, want)
	}
}
