package aws

import (
	"context"
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"dagger/pipeline/tests/harness"
)

// shortLab is a lab whose sessions last 20 seconds, with the registry and images of the world's.
func shortLab(t *testing.T) *harness.Lab {
	t.Helper()
	t.Setenv("LAB_SESSION_SECONDS", "20")
	lab, err := harness.StartLab(t.Context(), world.Root, t.TempDir(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := lab.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return lab
}

// slow is a project whose apply takes so many seconds.
func slow(t *testing.T, seconds string) *harness.Project {
	p := world.Project(t)
	p.Write("infra/slow.tf", `resource "terraform_data" "slow" {
  provisioner "local-exec" { command = "sleep `+seconds+`" }
}
`)
	return p
}

// Sessions of 20 s and an apply of 60 s: with the source of the credentials it succeeds, with a session
// that was got beforehand it cannot write its state.
func TestApplyOutlastsSessions(t *testing.T) {
	world.NeedTerraform(t)
	world.Embedded(t, "needs an AWS stand-in of its own on loopback")
	lab := shortLab(t)
	at := []string{"--aws-endpoint", lab.Endpoint, "--state-bucket", lab.StateBucket}
	// Environments of their own: one that loses its session keeps its lock.
	deploy := func(p *harness.Project, flags ...string) harness.Call {
		return call(p, images(), append(at, flags...), "deploy", "--environment", world.Environment())
	}
	refreshing := world.Start(t, deploy(slow(t, "60"), web()...))
	frozen := session(t, lab.Endpoint)
	r := world.Run(t, deploy(slow(t, "30"),
		"--aws-access-key-id", "env://FROZEN_KEY", "--aws-secret-access-key", "env://FROZEN_SECRET", "--aws-session-token", "env://FROZEN_TOKEN").
		With("FROZEN_KEY="+frozen.AccessKeyId, "FROZEN_SECRET="+frozen.SecretAccessKey, "FROZEN_TOKEN="+frozen.SessionToken))
	if r.Code == 0 || !strings.Contains(r.Stderr, "ExpiredToken") {
		t.Errorf("a session of 20 s outlasted 30 s: exit code %d\n%s", r.Code, r.Stderr)
	}
	r = refreshing.Wait()
	if r.Code != 0 || !strings.Contains(r.Stdout, "3 added") {
		t.Fatalf("exit code %d\n%s\n%s", r.Code, r.Stdout, r.Stderr)
	}
	var first, last time.Time
	roles := 0
	for _, e := range log(t, lab.RequestLog, 0) {
		if e.Action == "AssumeRoleWithWebIdentity" && e.Status == http.StatusOK {
			roles++
			if last = e.Time; first.IsZero() {
				first = last
			}
		}
	}
	if roles < 3 || last.Sub(first) < time.Minute {
		t.Errorf("the role was assumed %d times within %s: want three times or more, over the minute that the apply took", roles, last.Sub(first))
	}
}

type keyPair struct{ AccessKeyId, SecretAccessKey, SessionToken string }

// session is one of 20 s, got as a job does that passes keys on.
func session(t *testing.T, endpoint string) keyPair {
	t.Helper()
	resp, err := http.PostForm(endpoint, url.Values{"Action": {"AssumeRoleWithWebIdentity"}, "Version": {"2011-06-15"},
		"RoleArn": {role}, "RoleSessionName": {"frozen"}, "WebIdentityToken": {"token"}})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct {
		Result struct{ Credentials keyPair } `xml:"AssumeRoleWithWebIdentityResult"`
	}
	if err := xml.NewDecoder(resp.Body).Decode(&answer); err != nil || answer.Result.Credentials.SessionToken == "" {
		t.Fatalf("assuming a role: status %s: %v", resp.Status, err)
	}
	return answer.Result.Credentials
}
