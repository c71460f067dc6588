package aws

import (
	"strings"
	"testing"
)

// hostNetwork lets the containers of the embedded engine reach the machine's loopback.
func hostNetwork(needed bool) string {
	if needed {
		return "PIPELINE_NETWORK=host"
	}
	return "PIPELINE_NETWORK="
}

// Each path from a source of credentials to terraform's requests, by what the AWS stand-in received.
func TestEachSourceOfCredentials(t *testing.T) {
	world.NeedTerraform(t)
	const job = "https://gitlab.example.com/group/app/-/jobs/7"
	lab := world.AWS
	instance := []string{"--instance-metadata", lab.Endpoint}
	container := []string{"--container-credentials", lab.ContainerCredentials, "--container-token", "env://TEST_CONTAINER_TOKEN"}
	chained := []string{"--role-arn", role, "--external-id", "id-of-the-tests", "--job", job}
	for _, test := range []struct {
		name       string
		flags      []string
		action     string // by which the role is assumed; "" for none
		externalID string
		metadata   string // request that only this source makes
		loopback   bool   // the SDKs ask a container's role on loopback and on AWS's own addresses only
	}{
		{"web identity", web("--job", job), "AssumeRoleWithWebIdentity", "", "", false},
		{"keys with a role", keys(chained...), "AssumeRole", "id-of-the-tests", "", false},
		{"instance role", instance, "", "", "PUT /latest/api/token", false},
		{"instance role with a role", append(instance, chained...), "AssumeRole", "id-of-the-tests", "PUT /latest/api/token", false},
		{"container role", container, "", "", "GET /v2/credentials/lab", true},
		{"container role with a role", append(container, chained...), "AssumeRole", "id-of-the-tests", "GET /v2/credentials/lab", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.loopback && !strings.Contains(lab.ContainerCredentials, "//127.") {
				t.Skip("the credentials of a container are not on loopback")
			}
			p := world.Project(t)
			environment := world.Environment()
			start := len(log(t, lab.RequestLog, 0))
			r := world.Succeed(t, call(p, images(), test.flags, "outputs", "--environment", environment).
				With("TEST_CONTAINER_TOKEN="+lab.ContainerToken, hostNetwork(test.loopback)))
			if strings.TrimSpace(r.Stdout) != "{}" {
				t.Errorf("outputs of nothing: %q", r.Stdout)
			}
			entries := log(t, lab.RequestLog, start)
			reached, asked := false, false
			for _, e := range entries {
				reached = reached || e.Service == "s3" && strings.Contains(e.Path, lab.StateBucket)
				asked = asked || e.Method+" "+e.Path == test.metadata
			}
			if !reached {
				t.Error("terraform did not reach the state bucket")
			}
			if test.metadata != "" && !asked {
				t.Errorf("%s was not asked", test.metadata)
			}
			roles := assumed(entries)
			if test.action == "" {
				if len(roles) > 0 {
					t.Errorf("a role was assumed: %+v", roles)
				}
				return
			}
			if len(roles) < 2 {
				t.Fatalf("the role was assumed %d times: want once to check the account, and by terraform", len(roles))
			}
			want := "fixture-" + environment + "-https-gitlab.example.com-group-app-"
			for i, e := range roles {
				s := e.Session
				if e.Action != test.action || s.Role != role || !strings.HasPrefix(s.Name, want[:40]) || len(s.Name) > 64 || s.ExternalID != test.externalID {
					t.Errorf("session %d: %s %+v", i, e.Action, *s)
				}
				if test.action == "AssumeRole" && s.Seconds != "3600" {
					t.Errorf("session %d lasts %q seconds, want 3600", i, s.Seconds)
				}
			}
			if test.action == "AssumeRole" {
				tags := roles[0].Session.Tags
				if tags["Project"] != "fixture" || tags["Environment"] != environment || tags["Pipeline"] != job {
					t.Errorf("tags: %v", tags)
				}
			}
		})
	}
}

func TestWrongAccountIsRefusedBeforeAnythingStarts(t *testing.T) {
	world.NeedAWS(t)
	p := world.Project(t)
	other := []string{"--allowed-accounts", "210987654321"}
	for name, flags := range map[string][]string{
		"keys":           keys(other...),
		"keys with role": keys(append(other, "--role-arn", role)...),
		"web identity":   web(other...),
		"instance role":  append(other, "--instance-metadata", world.AWS.Endpoint),
	} {
		t.Run(name, func(t *testing.T) {
			for _, verb := range []string{"plan", "deploy", "destroy"} {
				r := world.Run(t, call(p, images(), flags, verb, "--environment", world.Environment()))
				if r.Code != 1 || !strings.Contains(r.Stderr, "account "+account+" is not allowed: allowed: 210987654321") {
					t.Errorf("%s: exit code %d\n%s", verb, r.Code, r.Stderr)
				}
				for _, s := range r.Steps {
					if s.Exec {
						t.Errorf("%s: a command was reached: %s", verb, s.Name)
					}
				}
			}
		})
	}
}

func TestMetadataOutOfReachNamesTheHopLimit(t *testing.T) {
	world.NeedAWS(t)
	p := world.Project(t)
	r := world.Run(t, call(p, images(), []string{"--instance-metadata", "http://127.0.0.1:9"}, "outputs", "--environment", "mr-1"))
	if r.Code != 1 || !strings.Contains(r.Stderr, "hop limit must be 2") {
		t.Errorf("exit code %d\n%s", r.Code, r.Stderr)
	}
}
