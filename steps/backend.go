package steps

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"dagger/pipeline/project"
	"dagger/pipeline/rootmodule"
)

// Backend is how the state of a root module is kept.
type Backend struct {
	// Own is the backend that the root module declares, as it is. Otherwise the
	// pipeline keeps the state in the state bucket.
	Own bool
	// Workspace selects the Terraform workspace named after the environment.
	Workspace bool
	// Config are arguments of the own backend that the project adds.
	Config []string
	// Place is where the own backend has the state, as far as it is known.
	Place string
}

const settingsTable = "[tool.pipeline.terraform] of pyproject.toml"

// ChooseBackend chooses the backend from the root module and the project's settings.
// A declared backend is never silently replaced: it may hold a state, and a plan would
// start from an empty one.
func ChooseBackend(m rootmodule.Module, set project.Terraform, bucket, environment string) (Backend, error) {
	b := Backend{Own: set.Backend == "own", Workspace: set.Workspace == "environment" || set.Workspace == "" && m.Workspace != ""}
	if m.Backend != nil && (m.Backend.Type == "cloud" || m.Backend.Type == "remote") && set.Backend != "managed" {
		return b, fmt.Errorf("keeping the state of %q: %s declares the backend %q, which may hold a state, and plans and applies by itself and not in the pipeline: move that state and set backend = \"managed\" in %s (docs/environments.md), or declare a backend that only keeps the state",
			m.Path, m.Backend.Where, m.Backend.Type, settingsTable)
	}
	if m.Backend != nil && m.Backend.Type == "local" && set.Backend == "" {
		return b, fmt.Errorf("keeping the state of %q: %s declares the backend \"local\", a file that no other run has: move a state that is there and set backend = \"managed\" in %s (docs/environments.md), or declare a backend that lasts", m.Path, m.Backend.Where, settingsTable)
	}
	if !b.Own {
		if set.Backend == "" && declaresOther(m.Backend, bucket) {
			return b, fmt.Errorf("keeping the state of %q: %s declares the backend %q, which may hold a state: set backend = \"own\" in %s to use it as it is, or backend = \"managed\" to have a state for each environment in --state-bucket (a state that is there is moved first: docs/environments.md)",
				m.Path, m.Backend.Where, m.Backend.Type, settingsTable)
		}
		if set.Backend == "" && m.Backend != nil && len(m.Backend.Files) > 0 {
			return b, fmt.Errorf("keeping the state of %q: %s declares the backend %q, and %s says where it is: set backend = \"own\" in %s with the arguments in backend-files or backend-config, or backend = \"managed\" to have a state for each environment in --state-bucket (one that is there is moved first: docs/environments.md)",
				m.Path, m.Backend.Where, m.Backend.Type, m.Backend.Files[0].Path, settingsTable)
		}
		return b, notForManaged(m.Path, set)
	}
	if m.Backend == nil || m.Backend.Type == "local" {
		return b, fmt.Errorf("keeping the state of %q: backend = \"own\" is set, and the root module declares no backend that lasts: declare one, or set backend = \"managed\" in %s", m.Path, settingsTable)
	}
	workspaces := m.Backend.Type != "http" // which has none but "default"
	if !workspaces && set.Workspace == "environment" {
		return b, fmt.Errorf("keeping the state of %q: workspace = \"environment\" is set in %s, and the backend %q that %s declares has no workspaces: take it out, and give each environment an address of its own (backend-config = { address = \"https://.../%s\" })",
			m.Path, settingsTable, m.Backend.Type, m.Backend.Where, environmentMark)
	}
	b.Workspace = b.Workspace && workspaces
	apart := b.Workspace || set.BackendFiles.Apart(environment) || slices.Contains(strings.Split(m.Path, "/"), environment)
	for _, file := range set.BackendFiles.For(environment) {
		b.Config = append(b.Config, "-backend-config="+file)
	}
	for _, name := range slices.Sorted(maps.Keys(set.BackendConfig)) {
		value := set.BackendConfig[name]
		apart = apart || places(m.Backend.Type, name) && strings.Contains(value, environmentMark)
		b.Config = append(b.Config, "-backend-config="+name+"="+strings.ReplaceAll(value, environmentMark, environment))
	}
	if !apart {
		first := "set workspace = \"environment\" in " + settingsTable + ", "
		if !workspaces {
			first = "set in " + settingsTable + " "
		}
		return b, fmt.Errorf("keeping the state of %q: the backend %q that %s declares has one state for all environments: %sa file of its own for each environment in backend-files, or a backend-config with %s in the value that says where the state is, such as key or address",
			m.Path, m.Backend.Type, m.Backend.Where, first, environmentMark)
	}
	if _, moved := set.BackendConfig["address"]; moved {
		for _, name := range []string{"lock_address", "unlock_address"} { // one for all would be locked by each
			if m.Backend.Config[name] != "" && !strings.Contains(set.BackendConfig[name], environmentMark) {
				return b, fmt.Errorf("keeping the state of %q: backend-config gives an address for each environment, and %s declares one %s for all: give that with %s in backend-config, too",
					m.Path, m.Backend.Where, name, environmentMark)
			}
		}
	}
	return b, nil
}

// notForManaged refuses arguments of an own backend where the pipeline keeps the state:
// they would count for nothing.
func notForManaged(root string, set project.Terraform) error {
	var given []string
	if len(set.BackendConfig) > 0 {
		given = append(given, "backend-config")
	}
	if len(set.BackendFiles.Patterns()) > 0 {
		given = append(given, "backend-files")
	}
	if len(given) == 0 {
		return nil
	}
	return fmt.Errorf("keeping the state of %q: %s in %s counts only with a backend of the project's own, and the pipeline keeps this state: set backend = \"own\" there, or take it out", root, strings.Join(given, " and "), settingsTable)
}

// environmentMark stands for the environment's name in the project's settings.
const environmentMark = "{environment}"

// declaresOther tells whether a declared backend names another place than the
// state bucket. One of S3 that leaves the bucket or the key open gets them.
func declaresOther(b *rootmodule.Backend, bucket string) bool {
	if b == nil {
		return false
	}
	return b.Type != "s3" || b.Config["bucket"] != "" && (b.Config["bucket"] != bucket || b.Config["key"] != "")
}

// replaces tells whether the pipeline's own backend takes the place of the declared one: of
// one at another place, with all that is for that place (a role, a table of locks), and of
// one that works as somebody else or on another server than the run.
func replaces(b *rootmodule.Backend, bucket string) bool {
	return b == nil || b.Type != "s3" || declaresOther(b, bucket) || len(b.Chooses) > 0
}

// declaredKey is the KMS key of a declared backend in the state bucket, "" for none.
func declaredKey(b *rootmodule.Backend, bucket string) string {
	if b == nil || b.Type != "s3" || b.Config["bucket"] != "" && b.Config["bucket"] != bucket || strings.Contains(b.Config["kms_key_id"], "${") {
		return ""
	}
	return b.Config["kms_key_id"]
}

// encrypted is what stays of a declared backend that is replaced: a bucket may refuse what
// does not say that it is encrypted.
func encrypted(b *rootmodule.Backend, key string) []string {
	if b == nil || b.Type != "s3" || b.Config["encrypt"] != "true" || key != "" {
		return nil
	}
	return []string{"-backend-config=encrypt=true"}
}
