package steps

import (
	"strings"
	"testing"

	"dagger/pipeline/rootmodule"
)

// A file that the container's Terraform or OpenTofu ignores is refused before anything is
// planned: what the file declares would be destroyed.
func TestFilesThatAreNotRead(t *testing.T) {
	if err := readable(rootmodule.Module{Path: "infra", Tofu: "infra/main.tofu"}); err != nil {
		t.Errorf("with OpenTofu: %v", err)
	}
	err := readable(rootmodule.Module{Path: "infra", Tofu: "infra/main.tofu", Missed: []string{"infra/main.tofu"}})
	if err == nil || !strings.Contains(err.Error(), `reading the root module "infra": the container's program does not read infra/main.tofu, and would destroy what that declares: give an image with OpenTofu 1.8 or later`) {
		t.Errorf("with Terraform: %v", err)
	}
	w := Workspace{Source: dag.Directory(), Container: dag.Container(), Infra: "infra", Module: rootmodule.Module{Path: "infra", Missed: []string{"infra/main.tofu"}}}
	if _, err := w.initialised(t.Context()); err == nil || !strings.Contains(err.Error(), "does not read infra/main.tofu") {
		t.Errorf("a run with Terraform: %v", err)
	}
}
