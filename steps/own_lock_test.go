package steps

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"dagger/pipeline/images"
	"dagger/pipeline/project"
	"dagger/pipeline/rootmodule"
)

// A state in GitLab is locked, also where nobody says how. Where another own backend locks
// nothing, that is said.
func TestOwnBackendLocks(t *testing.T) {
	const state = "https://gitlab.example.com/api/v4/projects/1/terraform/state/"
	table := func(texts ...string) (out map[string]string) {
		out = map[string]string{}
		for i := 0; i < len(texts); i += 2 {
			out[texts[i]] = texts[i+1]
		}
		return out
	}
	for name, tt := range map[string]struct {
		kind, block string
		table       map[string]string
		secrets     images.Secrets
		locks       bool
		open        string
	}{
		"GitLab":              {"http", "", table("address", state+"{environment}"), nil, true, ""},
		"GitLab, in a group":  {"http", `address = "https://g/gitlab/api/v4/projects/a%2Fb/terraform/state/prod/"`, nil, nil, true, ""},
		"its own lock":        {"http", `lock_address = "https://x/lock"`, table("address", state+"{environment}"), nil, false, ""},
		"its lock by secrets": {"http", "", table("address", state+"{environment}"), images.Secrets{"TF_HTTP_LOCK_ADDRESS": dag.SetSecret("lock", "x")}, false, ""},
		"another server":      {"http", `address = "https://x/state/prod"`, nil, nil, false, "give lock_address"},
		"another kind":        {"pg", "", nil, nil, false, ""},
		"S3":                  {"s3", `key = "k"`, nil, nil, false, "set use_lockfile = true"},
		"S3, a lock file":     {"s3", `use_lockfile = true`, nil, nil, false, ""},
		"S3, no lock file":    {"s3", `use_lockfile = false`, nil, nil, false, "set use_lockfile = true"},
		"S3, a table":         {"s3", `dynamodb_table = "locks"`, nil, nil, false, ""},
		"S3, by the table":    {"s3", "", table("use_lockfile", "true"), nil, false, ""},
	} {
		b := ownBackend{Workspace: Workspace{Infra: "infra", Environment: "prod", Secrets: tt.secrets, Settings: project.Terraform{BackendConfig: tt.table}}}
		var err error
		if b.Module, err = rootmodule.Read(fstest.MapFS{"infra/main.tf": &fstest.MapFile{Data: []byte("terraform {\n backend \"" + tt.kind + "\" {\n" + tt.block + "\n}\n}\n")}}, "infra"); err != nil {
			t.Fatal(err)
		}
		got, open, err := b.locking(t.Context())
		if err != nil || (len(got) > 0) != tt.locks || (open == "") != (tt.open == "") || !strings.Contains(open, tt.open) {
			t.Errorf("%s: %q, %q, %v", name, got, open, err)
		}
		if tt.locks && !slices.ContainsFunc(got, func(argument string) bool {
			return strings.HasPrefix(argument, "-backend-config=lock_address=https://") && strings.HasSuffix(argument, "/state/prod/lock")
		}) {
			t.Errorf("%s: %q", name, got)
		}
	}
}
