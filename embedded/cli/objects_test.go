package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// objects is a module whose constructor takes an inline struct, with a second
// object.
const objects = `package main

import (
	"fmt"

	"dagger/pipeline/internal/dagger"
)

type Pipeline struct {
	// +private
	Settings Settings
}

type Settings struct {
	AwsRegion string
	Source    *dagger.Directory
}

func New(s struct {
	// AWS region.
	// +default="eu-west-1"
	AwsRegion string
	// The project.
	// +optional
	Source *dagger.Directory
}) *Pipeline {
	return &Pipeline{Settings: Settings(s)}
}

// Say what is kept.
func (p *Pipeline) Retention(rules struct {
	// Tags that stay.
	// +optional
	Keep []string
	// Days.
	// +default=30
	Days int
}) *Policy {
	return &Policy{Text: fmt.Sprint(p.Settings.AwsRegion, " ", p.Settings.Source != nil, " ", rules.Keep, " ", rules.Days)}
}

// Give changes.
func (p *Pipeline) Changed() *dagger.Changeset { return dag.Directory().WithNewFile("a", "a").Changes(dag.Directory()) }

type Policy struct {
	// +private
	Text string
}

// Tell what would go.
func (p *Policy) Preview(
	// How much to tell.
	// +default="all"
	detail string,
) string {
	return p.Text + " " + detail
}

// Give the files.
func (p *Policy) Files() *dagger.Directory { return dag.Directory() }

// Set it.
func (p *Policy) Apply() error { return fmt.Errorf("refused: %s", p.Text) }
`

func objectsWorld(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.ModuleDir = t.TempDir()
	if err := os.CopyFS(w.ModuleDir, os.DirFS(fixture)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(w.ModuleDir, "main.go"), []byte(objects), 0o644); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestObjects(t *testing.T) {
	w := objectsWorld(t)
	dotenv := filepath.Join(w.ModuleDir, ".env")
	for _, tc := range []struct{ args, env, out, err string }{
		{args: "call retention preview", out: "eu-west-1 false [] 30 all"},
		{args: "call --aws-region r --source . retention --keep a,b --days=7 preview --detail less", out: "r true [a b] 7 less"},
		{args: "call retention --keep a preview --aws-region late", out: "late false [a] 30 all"},
		{args: "call retention preview --detail x", env: "AWSREGION=env\nRETENTION_KEEP=k\nRETENTION_DAYS=1\n", out: "env false [k] 1 x"},
		{args: "call retention preview", env: "POLICY_PREVIEW_DETAIL=of-policy\nPREVIEW_DETAIL=not-read\n", out: "eu-west-1 false [] 30 of-policy"},
		{args: "call retention files entries", out: "entries"},
		{args: "call retention", out: "PipelinePolicy@sha256:"},
		{args: "call retention apply", err: "refused: eu-west-1 false [] 30"},
		{args: "call retention --keep a", env: "", out: "PipelinePolicy@sha256:"},
		{args: "call retention nope", err: `unknown command "nope" for "pipeline call retention"`},
		{args: "call retention preview --keep a", err: "unknown flag: --keep"},
		{args: "call retention --output file", err: "cannot be exported: choose a function of it"},
		{args: "functions retention", out: "Name      Description\napply     Set it.\nfiles     Give the files.\npreview   Tell what would go.\n"},
		{args: "functions retention files", out: "Name                 Description\nchanges              Compare with an older directory.\n"},
		{args: "functions retention apply", err: `function "apply" returns type "Void" with no further functions available`},
		{args: "call retention --help", out: "Say what is kept.\n\nUSAGE\n  pipeline call retention [arguments] <function>\n"},
		{args: "call retention --help --days 3", out: "Say what is kept.\n"},
		{args: "call retention preview --help", out: "Tell what would go.\n\nUSAGE\n  pipeline call retention preview [arguments]\n"},
	} {
		t.Run(tc.args, func(t *testing.T) {
			if err := os.WriteFile(dotenv, []byte(tc.env), 0o644); err != nil {
				t.Fatal(err)
			}
			code := w.run(strings.Fields(tc.args)...)
			if (code == 0) != (tc.err == "") || !strings.HasPrefix(w.out.String(), tc.out) || !strings.Contains(w.err.String(), tc.err) {
				t.Errorf("exit code %d\n%s\n%s", code, &w.out, &w.err)
			}
		})
	}
}

// A value of .env is said with the argument that it is for, under the name that .env has for it.
func TestUserDefaultsAreSaidWithTheirArgument(t *testing.T) {
	w := objectsWorld(t)
	if err := os.WriteFile(filepath.Join(w.ModuleDir, ".env"), []byte("AWSREGION=env\nAWS_REGION=no\nPOLICY_PREVIEW_DETAIL=d\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	w.run("call", "retention", "preview")
	for _, want := range []string{`user default: pipeline(awsRegion="env")`, `user default: pipeline.policy.preview(detail="d")`} {
		if !strings.Contains(w.err.String(), want) {
			t.Errorf("not said: %s\n%s", want, &w.err)
		}
	}
}
