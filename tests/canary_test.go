package tests

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"dagger/pipeline/tests/harness"
)

// canaries are values that can be nowhere else. They hold characters that encodings change.
type canaries struct{ password, accessKey, secretKey, sessionToken string }

func newCanaries() canaries {
	return canaries{
		password:     world.Lab.Password, // random for each lab
		accessKey:    "AKIA" + rand.Text()[:16],
		secretKey:    "canary/" + rand.Text() + "+key",
		sessionToken: "canary//" + rand.Text() + "+token==",
	}
}

// hide gives the canaries by all three kinds of address.
func (c canaries) hide(t *testing.T, call harness.Call) harness.Call {
	t.Helper()
	dir := t.TempDir()
	for name, value := range map[string]string{"secret": c.secretKey, "token": c.sessionToken} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(value), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"call",
		"--aws-access-key-id", "env://CANARY_ACCESS_KEY",
		"--aws-secret-access-key", "file://" + filepath.Join(dir, "secret"),
		"--aws-session-token", "cmd://cat " + filepath.Join(dir, "token"),
	}
	call = call.Without("--aws-access-key-id").Without("--aws-secret-access-key").With("CANARY_ACCESS_KEY=" + c.accessKey)
	call.Args = append(args, call.Args[1:]...)
	return call
}

func TestSecretsAreNowhere(t *testing.T) {
	world.NeedTerraform(t)
	start := time.Now().Add(-time.Second)
	secrets := newCanaries()
	var search harness.Search
	search.Add("the registry's password", secrets.password)
	search.Add("the access key", secrets.accessKey)
	search.Add("the secret key", secrets.secretKey)
	search.Add("the session token", secrets.sessionToken)

	p := world.Project(t)
	env := world.Environment()
	results := filepath.Join(t.TempDir(), "pipeline-results")
	artifact := filepath.Join(results, "artifact.zip")
	traces := collector(t)
	state := func() []string {
		body, ok := world.Object(t, "fixture/"+env+"/terraform.tfstate")
		if !ok {
			t.Error("there is no state to look into")
		}
		return search.Bytes("the state", []byte(body))
	}
	tag := world.Lab.Registry + "/canary/" + strings.ToLower(rand.Text()[:8])
	var found []string
	for _, args := range [][]string{
		{"test"},
		{"build-package", "export", "--path", artifact},
		{"plan", "--environment", env},
		{"test-reports", "export", "--path", filepath.Join(results, "reports")},
		{"plan-report", "--environment", env, "export", "--path", filepath.Join(results, "plan")},
		{"deploy", "--environment", env},
		{"outputs", "--environment", env},
		{"note", "--environment", env, "--results", results},
		{"page", "--environment", env, "--results", results, "export", "--path", filepath.Join(results, "run")},
		append([]string{"app-container"}, p.Pushing(tag+":app")...),
		append([]string{"terraform-container"}, p.Pushing(tag+":terraform")...),
		{"deploy", "--environment", "mr-0"}, // and a failing one
	} {
		r := world.Run(t, secrets.hide(t, p.Call(args...).With("OTEL_EXPORTER_OTLP_ENDPOINT="+traces.URL)))
		if want := args[len(args)-1] == "mr-0"; (r.Code != 0) != want {
			t.Fatalf("%q: exit code %d\n%s", args, r.Code, r.Stderr)
		}
		found = append(found, search.Bytes("the output of "+args[0], []byte(r.Stdout+r.Stderr))...)
	}
	found = append(found, state()...)
	found = append(found, inTree(t, &search, results, start)...) // what note and page are made of, and the page
	found = append(found, search.Bytes("the traces", traces.bodies(t))...)

	// A script may print all that it has; what it knows of the secrets is masked.
	p.Write("scripts/terraform_apply.sh", "#!/bin/sh\nenv\nenv >&2\nprintf %s \"$AWS_SECRET_ACCESS_KEY\" | sed 's/./& /3'\n")
	for _, display := range []string{"plain", "quiet"} {
		call := secrets.hide(t, p.Call("deploy", "--environment", env))
		switch display {
		case "plain":
			call = call.And("--progress", "plain")
		case "quiet":
			call = call.And("-q")
		}
		r := world.Succeed(t, call)
		found = append(found, search.Bytes("the output of a script that prints its environment, "+display, []byte(r.Stdout+r.Stderr))...)
		if display == "plain" && world.Engine.Name() == "embedded" && !strings.Contains(r.Stderr, "AWS_SECRET_ACCESS_KEY=***") {
			t.Errorf("the script did not get the secret at all:\n%s", r.Stderr)
		}
	}
	p.Write("scripts/terraform_apply.sh", "#!/bin/sh\nenv >&2\nexit 3\n")
	r := world.Run(t, secrets.hide(t, p.Call("deploy", "--environment", env, "-q")))
	found = append(found, search.Bytes("the output of a failing script", []byte(r.Stdout+r.Stderr))...)

	inZip, err := search.Zip(artifact)
	if err != nil {
		t.Fatal(err)
	}
	found = append(found, inZip...)
	// The registry's own files: manifests, configurations with their history, layers.
	found = append(found, inTree(t, &search, filepath.Join(world.Lab.Dir(), "registry"), start)...)
	if e, ok := world.Engine.(harness.Embedded); ok {
		found = append(found, inTree(t, &search, e.State, start)...)
		found = append(found, inTree(t, &search, e.Run, start)...)
		// What page and trace are made of.
		report := world.Succeed(t, harness.Call{Args: []string{"report", "--calls", "50", "--format", "json"}}).Stdout
		if !strings.Contains(report, `"deploy"`) || !strings.Contains(report, `"steps"`) {
			t.Errorf("the report has nothing to look into: %.300s", report)
		}
		found = append(found, search.Bytes("the report", []byte(report))...)
	}
	for _, f := range found {
		t.Error("found in", f)
	}
}

// collected is what a collector of traces got.
type collected struct {
	*httptest.Server
	mutex sync.Mutex
	got   bytes.Buffer
}

// collector takes traces by OTLP. On Dagger it is the client that sends them.
func collector(t *testing.T) *collected {
	var c collected
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.mutex.Lock()
		defer c.mutex.Unlock()
		if _, err := io.Copy(&c.got, r.Body); err != nil {
			w.WriteHeader(http.StatusBadRequest)
		}
	}))
	t.Cleanup(c.Close)
	return &c
}

// bodies are what it got, which has steps and tests of the embedded engine's calls.
func (c *collected) bodies(t *testing.T) []byte {
	t.Helper()
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if world.Engine.Name() == "embedded" {
		for _, want := range []string{"cicd.pipeline.task.name", "test.case.name"} {
			if !bytes.Contains(c.got.Bytes(), []byte(want)) {
				t.Errorf("the traces have no %s to look into", want)
			}
		}
	}
	return c.got.Bytes()
}

func inTree(t *testing.T, search *harness.Search, dir string, since time.Time) []string {
	t.Helper()
	found, files, err := search.Tree(dir, since)
	if err != nil {
		t.Fatal(err)
	}
	if files == 0 {
		t.Errorf("no file in %s has changed: nothing was looked into", dir)
	}
	t.Logf("looked into %d files in %s", files, dir)
	return found
}

// The search finds what it is for, in each form, also across the border of two reads.
func TestSearchFinds(t *testing.T) {
	world.Embedded(t, "needs no engine: run once")
	var search harness.Search
	const value = "canary/+value=="
	search.Add("it", value)
	for _, text := range []string{
		value,
		"63616e6172792f2b76616c75653d3d",
		"canary%2F%2Bvalue%3D%3D",
		"Y2FuYXJ5Lyt2YWx1ZT09",
		"dXNlcjpjYW5hcnkvK3ZhbHVlPT0=", // base64 of user:canary/+value==
		"eHg6Y2FuYXJ5Lyt2YWx1ZT09OngK", // of xx:canary/+value==:x
		"eDpjYW5hcnkvK3ZhbHVlPT06eAo=", // of x:canary/+value==:x
		strings.Repeat("x", 1<<20-5) + value,
	} {
		if len(search.Bytes("text", []byte(text))) == 0 {
			t.Errorf("did not find the value in %.40q", text)
		}
	}
	for form, pack := range map[string]func(io.Writer) (io.WriteCloser, error){
		"gzip": func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil },
		"zstd": func(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w) },
	} {
		var packed bytes.Buffer
		w, err := pack(&packed)
		if err == nil {
			_, err = io.WriteString(w, strings.Repeat("a text before it ", 100)+value)
		}
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(search.Bytes("text", packed.Bytes())) == 0 {
			t.Errorf("did not find the value in a text packed with %s", form)
		}
	}
	if found := search.Bytes("text", []byte("canary/+valu")); len(found) > 0 {
		t.Errorf("found %q where it is not", found)
	}
}
