// Package aws tests from end to end how credentials are got and kept, how images are reused by content,
// what ECR is told to keep, and that no credential is left anywhere. See package tests for what it needs
// and how to run it.
package aws

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"dagger/pipeline/tests/harness"
)

var world *harness.World

func TestMain(m *testing.M) {
	os.Exit(harness.Main(m, "../..", func(w *harness.World) { world = w }))
}

const (
	account = "123456789012"
	role    = "arn:aws:iam::" + account + ":role/deploy"
)

// call is a call on a project with a registry of its own and no credentials but those in flags, which are
// the constructor's.
func call(p *harness.Project, registry string, flags []string, verb ...string) harness.Call {
	c := p.Call()
	for _, flag := range []string{"--aws-access-key-id", "--aws-secret-access-key", "--registry"} {
		c = c.Without(flag)
	}
	return c.And("--registry", registry).And(flags...).And(verb...).With(webToken)
}

// keys are static keys, which the AWS stand-in takes as any.
func keys(more ...string) []string {
	return append([]string{"--aws-access-key-id", "env://TEST_AWS_ACCESS_KEY", "--aws-secret-access-key", "env://TEST_AWS_SECRET_KEY"}, more...)
}

// web is a web identity token with the role.
func web(more ...string) []string {
	return append([]string{"--web-identity-token", "env://TEST_WEB_TOKEN", "--role-arn", role}, more...)
}

const webToken = "TEST_WEB_TOKEN=header.web-identity-token-of-the-tests.signature"

// images is where a test keeps its images.
func images() string { return world.Lab.Registry + "/" + strings.ToLower(rand.Text()[:10]) }

// entry is a line of the log of the AWS stand-in.
type entry struct {
	Time                          time.Time
	Method, Path, Service, Action string
	Status                        int
	Session                       *struct {
		Role, Name, Seconds string
		ExternalID          string `json:"external_id"`
		Policy              string
		Tags                map[string]string
	}
}

// log reads what the AWS stand-in was asked, from line start on.
func log(t *testing.T, path string, start int) []entry {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out []entry
	for line := range strings.Lines(string(data)) {
		var e entry
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("reading the request log: %v: %q", err, line)
		}
		out = append(out, e)
	}
	return out[start:]
}

// assumed are the calls that assumed a role.
func assumed(entries []entry) []entry {
	var out []entry
	for _, e := range entries {
		if e.Session != nil {
			out = append(out, e)
		}
	}
	return out
}

// engine is a second engine that has nothing in its cache.
func engine(t *testing.T) *harness.World {
	t.Helper()
	e := world.Embedded(t, "needs a second engine")
	dir, err := os.MkdirTemp("", "engine")
	if err != nil {
		t.Fatal(err)
	}
	other := &harness.World{Root: world.Root, Lab: world.Lab, AWS: world.AWS,
		Engine: harness.Embedded{Root: e.Root, State: dir + "/state", Run: dir + "/run"}}
	t.Cleanup(func() {
		if err := other.Engine.Stop(context.Background()); err != nil {
			t.Log(err)
		}
		_ = os.RemoveAll(dir)
	})
	return other
}
