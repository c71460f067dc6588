package steps

import (
	"slices"
	"strings"
	"testing"

	"dagger/pipeline/project"
	"dagger/pipeline/rootmodule"
)

// Twenty kinds of backend that a project may have when it starts to use the pipeline.
func TestChooseBackend(t *testing.T) {
	declared := func(kind string, config ...string) *rootmodule.Backend {
		b := &rootmodule.Backend{Type: kind, Where: "infra/main.tf line 2", Config: map[string]string{}}
		for i := 0; i < len(config); i += 2 {
			b.Config[config[i]] = config[i+1]
		}
		return b
	}
	const (
		unsaid  = `keeping the state of "infra": infra/main.tf line 2 declares the backend`
		shared  = "has one state for all environments: set workspace"
		alone   = "has one state for all environments: set in [tool.pipeline.terraform] of pyproject.toml a file of its own"
		nothing = "the root module declares no backend that lasts"
	)
	mark := map[string]string{"address": "https://g/state/{environment}"}
	for name, test := range map[string]struct {
		declared  *rootmodule.Backend
		workspace string
		set       project.Terraform
		want      string // of the error
		own, in   bool
	}{
		"none":                      {},
		"none, by workspace":        {workspace: "infra/main.tf line 9", in: true},
		"none, default workspace":   {workspace: "infra/main.tf line 9", set: project.Terraform{Workspace: "default"}},
		"none, asked for workspace": {set: project.Terraform{Workspace: "environment"}, in: true},
		"none, own":                 {set: project.Terraform{Backend: "own"}, want: nothing},
		"s3, empty":                 {declared: declared("s3")},
		"s3, key":                   {declared: declared("s3", "key", "a.tfstate")},
		"s3, this bucket":           {declared: declared("s3", "bucket", "b")},
		"s3, another bucket":        {declared: declared("s3", "bucket", "other"), want: unsaid},
		"s3, this bucket and a key": {declared: declared("s3", "bucket", "b", "key", "a"), want: unsaid},
		"s3, another, managed":      {declared: declared("s3", "bucket", "other", "key", "a"), set: project.Terraform{Backend: "managed"}},
		"s3, own":                   {declared: declared("s3", "bucket", "b", "key", "a"), set: project.Terraform{Backend: "own"}, want: shared},
		"s3, own, by workspace":     {declared: declared("s3", "bucket", "b", "key", "a"), workspace: "x", set: project.Terraform{Backend: "own"}, own: true, in: true},
		"s3, own, not by workspace": {declared: declared("s3", "bucket", "b", "key", "a"), workspace: "x", set: project.Terraform{Backend: "own", Workspace: "default"}, want: shared},
		"http":                      {declared: declared("http", "address", "https://g"), want: unsaid + ` "http"`},
		"http, managed":             {declared: declared("http", "address", "https://g"), set: project.Terraform{Backend: "managed"}},
		"http, own":                 {declared: declared("http", "address", "https://g"), set: project.Terraform{Backend: "own"}, want: alone},
		"http, own, by workspace":   {declared: declared("http", "address", "https://g"), set: project.Terraform{Backend: "own", Workspace: "environment"}, want: "has no workspaces"},
		"http, own, both":           {declared: declared("http"), set: project.Terraform{Backend: "own", Workspace: "environment", BackendConfig: mark}, want: "has no workspaces"},
		"http, own, one lock":       {declared: declared("http", "address", "https://g", "lock_address", "https://g/lock"), set: project.Terraform{Backend: "own", BackendConfig: mark}, want: "declares one lock_address for all"},
		"http, own, by address":     {declared: declared("http"), set: project.Terraform{Backend: "own", BackendConfig: mark}, own: true},
		"http, own, workspace used": {declared: declared("http"), workspace: "infra/main.tf line 9", set: project.Terraform{Backend: "own", BackendConfig: mark}, own: true},
		"http, own, fixed address":  {declared: declared("http"), set: project.Terraform{Backend: "own", BackendConfig: map[string]string{"address": "https://g"}}, want: alone},
		"cloud":                     {declared: declared("cloud"), want: unsaid + ` "cloud"`},
		"gcs":                       {declared: declared("gcs", "bucket", "b"), want: unsaid + ` "gcs"`},
		"local":                     {declared: declared("local"), want: unsaid + ` "local"`},
		"local, own":                {declared: declared("local"), set: project.Terraform{Backend: "own"}, want: nothing},
		"remote, own, by workspace": {declared: declared("remote"), set: project.Terraform{Backend: "own", Workspace: "environment"}, want: "plans and applies by itself"},
		"cloud, own":                {declared: declared("cloud"), set: project.Terraform{Backend: "own", Workspace: "environment"}, want: "plans and applies by itself"},
		"s3, empty, arguments":      {declared: declared("s3"), set: project.Terraform{BackendConfig: map[string]string{"key": "{environment}"}}, want: "backend-config in [tool.pipeline.terraform] of pyproject.toml counts only with a backend of the project's own"},
		"none, arguments":           {set: project.Terraform{BackendFiles: project.Rules{{Environments: "prod", Files: []string{"p.hcl"}}}}, want: "backend-files in"},
		"managed, arguments":        {declared: declared("http"), set: project.Terraform{Backend: "managed", BackendConfig: mark}, want: "backend-config in"},
		"no files are meant":        {set: project.Terraform{BackendFiles: project.Rules{{Environments: "*"}}}},
		"s3, computed":              {declared: declared("s3", "bucket", "${var.bucket}"), want: unsaid},
		"gcs, own, by workspace":    {declared: declared("gcs"), set: project.Terraform{Backend: "own", Workspace: "environment"}, own: true, in: true},
	} {
		m := rootmodule.Module{Path: "infra", Backend: test.declared, Workspace: test.workspace}
		got, err := ChooseBackend(m, test.set, "b", "mr-7")
		switch {
		case test.want != "":
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%s: %v, want %s", name, err, test.want)
			}
		case err != nil || got.Own != test.own || got.Workspace != test.in:
			t.Errorf("%s: %+v, %v", name, got, err)
		case test.set.BackendConfig["address"] != "" && !slices.Equal(got.Config, []string{"-backend-config=address=https://g/state/mr-7"}):
			t.Errorf("%s: config %q", name, got.Config)
		}
	}
}

// What a declared backend has for its own place, or to work as somebody else, does not count
// for the state bucket.
func TestReplaces(t *testing.T) {
	declared := func(kind, bucket, key string, chooses ...string) *rootmodule.Backend {
		return &rootmodule.Backend{Type: kind, Config: map[string]string{"bucket": bucket, "key": key, "dynamodb_table": "locks", "kms_key_id": "k"}, Chooses: chooses, Text: "backend \"s3\" {}"}
	}
	for name, tt := range map[string]struct {
		backend *rootmodule.Backend
		want    bool
		key     string
	}{
		"none":                        {nil, true, ""},
		"another kind":                {declared("gcs", "ours", ""), true, ""},
		"another bucket":              {declared("s3", "theirs", "k"), true, ""},
		"a key of its own":            {declared("s3", "ours", "k"), true, "k"},
		"all is open":                 {declared("s3", "", ""), false, "k"},
		"the key is open":             {declared("s3", "ours", ""), false, "k"},
		"all is open, with a profile": {declared("s3", "", "", "profile"), true, "k"},
		"a bucket that is computed":   {declared("s3", "${var.bucket}", ""), true, ""},
	} {
		if got := replaces(tt.backend, "ours"); got != tt.want {
			t.Errorf("%s: %t", name, got)
		}
		if got := declaredKey(tt.backend, "ours"); got != tt.key {
			t.Errorf("%s: the KMS key %q, want %q", name, got, tt.key)
		}
		w := Workspace{State: State{Bucket: "ours"}, Module: rootmodule.Module{Backend: tt.backend}}
		want := backend
		if !tt.want {
			want = "terraform {\nbackend \"s3\" {}\n}\n"
		}
		if got := w.backendText(); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// A bucket that refuses what does not say that it is encrypted gets that still.
func TestEncrypted(t *testing.T) {
	of := func(kind, encrypt string) *rootmodule.Backend {
		return &rootmodule.Backend{Type: kind, Config: map[string]string{"encrypt": encrypt}}
	}
	if got := encrypted(of("s3", "true"), ""); !slices.Equal(got, []string{"-backend-config=encrypt=true"}) {
		t.Errorf("%q", got)
	}
	for name, got := range map[string][]string{"none": encrypted(nil, ""), "not asked for": encrypted(of("s3", ""), ""), "of the key": encrypted(of("s3", "true"), "k"), "another kind": encrypted(of("gcs", "true"), "")} {
		if got != nil {
			t.Errorf("%s: %q", name, got)
		}
	}
}
