package aws_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"dagger/pipeline/aws"
	"dagger/pipeline/aws/awstest"
	"dagger/pipeline/fault"
	"dagger/pipeline/secret"
)

func TestWebIdentity(t *testing.T) {
	f := awstest.NewFake(t)
	c := awstest.WithWeb(awstest.Config(f))
	c.Duration, c.AllowedAccounts = 2*time.Hour, []string{"123456789012"}
	s := awstest.Resolve(t, c)
	form := f.Of("AssumeRoleWithWebIdentity")[0].Form
	for key, want := range map[string]string{
		"RoleArn": awstest.RoleARN, "RoleSessionName": "group-app-mr-7-4711", "DurationSeconds": "7200", "WebIdentityToken": awstest.CanaryToken, "Policy": "",
	} {
		if got := form.Get(key); got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
	if f.Of("AssumeRoleWithWebIdentity")[0].Header.Get("Authorization") != "" {
		t.Error("a web identity call is signed: it must need no keys")
	}
	if s.Identity.Account != "123456789012" || s.Source != "web identity" || len(s.Notes) != 0 {
		t.Errorf("session %+v", s.Identity)
	}
	if got := f.Actions(); !slices.Equal(got, []string{"AssumeRoleWithWebIdentity", "GetCallerIdentity"}) {
		t.Errorf("calls %v", got)
	}
}

func TestStaticKeys(t *testing.T) {
	f := awstest.NewFake(t)
	s := awstest.Resolve(t, awstest.WithKeys(awstest.Config(f)))
	if s.Source != "static keys" || !strings.HasSuffix(s.Identity.ARN, "user/static") {
		t.Errorf("session %+v", s.Identity)
	}
	if f.Of("GetCallerIdentity")[0].Header.Get("X-Amz-Security-Token") != "" {
		t.Error("long-lived keys sent a session token")
	}
	keys, err := s.Credentials(t.Context())
	if err != nil || !keys.Expires.IsZero() || keys.SecretAccessKey.Reveal() != awstest.CanarySecret {
		t.Errorf("credentials %v, %v", keys, err)
	}
	f2 := awstest.NewFake(t)
	awstest.Resolve(t, awstest.WithTemporary(awstest.Config(f2)))
	if f2.Of("GetCallerIdentity")[0].Header.Get("X-Amz-Security-Token") != awstest.CanarySession {
		t.Error("temporary keys sent no session token")
	}
}

func TestRoleWithKeys(t *testing.T) {
	for name, tt := range map[string]struct {
		config   func(aws.Config) aws.Config
		duration time.Duration
		want     string
		notes    int
	}{
		"long-lived keys keep a long session": {awstest.WithKeys, 4 * time.Hour, "14400", 0},
		"default is an hour":                  {awstest.WithKeys, 0, "3600", 0},
		"temporary keys are chained":          {awstest.WithTemporary, 4 * time.Hour, "3600", 1},
		"chained and short stays short":       {awstest.WithTemporary, 20 * time.Minute, "1200", 0},
		"instance role to role is chained":    {func(c aws.Config) aws.Config { return c }, 2 * time.Hour, "3600", 1},
	} {
		t.Run(name, func(t *testing.T) {
			f := awstest.NewFake(t)
			c := tt.config(awstest.Config(f))
			c.RoleARN, c.Duration, c.ExternalID = awstest.RoleARN, tt.duration, "customer-42"
			s := awstest.Resolve(t, c)
			form := f.Of("AssumeRole")[0].Form
			if form.Get("DurationSeconds") != tt.want || len(s.Notes) != tt.notes {
				t.Errorf("duration %s, notes %v", form.Get("DurationSeconds"), s.Notes)
			}
			want := map[string]string{
				"ExternalId": "customer-42", "RoleSessionName": "group-app-mr-7-4711",
				"Tags.member.1.Key": "Project", "Tags.member.1.Value": "group/app",
				"Tags.member.2.Key": "Pipeline", "Tags.member.2.Value": "4711",
				"Tags.member.3.Key": "Environment", "Tags.member.3.Value": "mr-7",
			}
			for key, value := range want {
				if form.Get(key) != value {
					t.Errorf("%s is %q, want %q", key, form.Get(key), value)
				}
			}
		})
	}
}

func TestInstanceRole(t *testing.T) {
	f := awstest.NewFake(t)
	s := awstest.Resolve(t, awstest.Config(f))
	want := []string{"PUT /latest/api/token", "GET /latest/meta-data/iam/security-credentials/", "GET /latest/meta-data/iam/security-credentials/node-role", "GetCallerIdentity"}
	if got := f.Actions(); !slices.Equal(got, want) {
		t.Fatalf("calls %v, want %v", got, want)
	}
	if f.Of(want[0])[0].Header.Get("X-Aws-Ec2-Metadata-Token-Ttl-Seconds") == "" {
		t.Error("no lifetime asked for the IMDSv2 token")
	}
	for _, action := range want[1:3] {
		if f.Of(action)[0].Header.Get("X-Aws-Ec2-Metadata-Token") != "imds-token-1" {
			t.Errorf("%s without the IMDSv2 token", action)
		}
	}
	if s.Source != "instance role" {
		t.Errorf("source %q", s.Source)
	}
}

func TestContainerRole(t *testing.T) {
	f := awstest.NewFake(t)
	c := awstest.Config(f)
	c.ContainerURI, c.ContainerToken = f.URL+"/pod", secret.New(awstest.CanaryPod)
	s := awstest.Resolve(t, c)
	if got := f.Of("GET /pod")[0].Header.Get("Authorization"); got != awstest.CanaryPod {
		t.Errorf("authorization %q", got)
	}
	if s.Source != "container role" || len(f.Of("PUT /latest/api/token")) != 0 {
		t.Errorf("source %q, calls %v", s.Source, f.Actions())
	}
}

func TestIMDSOutOfReachNamesTheHopLimit(t *testing.T) {
	f := awstest.NewFake(t)
	c := awstest.Config(f)
	gone := awstest.NewFake(t)
	c.IMDSEndpoint = gone.URL
	gone.Close()
	_, err := aws.Resolve(t.Context(), c)
	if !errors.Is(err, fault.ErrUnreachable) || !strings.Contains(err.Error(), "hop limit") || !strings.Contains(err.Error(), gone.URL) {
		t.Errorf("error: %v", err)
	}
}

// The order of sources: each is taken although all after it are set too.
func TestOrderOfSources(t *testing.T) {
	f := awstest.NewFake(t)
	c := awstest.WithKeys(awstest.WithWeb(awstest.Config(f)))
	c.ContainerURI = f.URL + "/pod"
	var got []string
	for _, drop := range []func(){func() {}, func() { c.WebIdentityToken = secret.Value{} }, func() { c.AccessKeyID, c.SecretAccessKey = "", secret.Value{} }, func() { c.ContainerURI = "" }} {
		drop()
		got = append(got, awstest.Resolve(t, c).Source)
	}
	if want := []string{"web identity", "static keys", "container role", "instance role"}; !slices.Equal(got, want) {
		t.Errorf("order %v", got)
	}
}

func TestWrongAccount(t *testing.T) {
	for name, source := range map[string]func(aws.Config) aws.Config{
		"web identity": awstest.WithWeb, "static": awstest.WithKeys, "temporary": awstest.WithTemporary,
		"container": func(c aws.Config) aws.Config { c.ContainerURI = c.Endpoint + "/pod"; return c },
		"instance":  func(c aws.Config) aws.Config { return c },
	} {
		t.Run(name, func(t *testing.T) {
			f := awstest.NewFake(t)
			c := source(awstest.Config(f))
			f.Account = "999999999999" // what STS says, whatever the ARN said
			c.AllowedAccounts = []string{"123456789012"}
			s, err := aws.Resolve(t.Context(), c)
			if !errors.Is(err, fault.ErrAccount) || !strings.Contains(err.Error(), "999999999999") || !strings.Contains(err.Error(), "123456789012") {
				t.Errorf("session %v, error %v", s, err)
			}
		})
	}
	f := awstest.NewFake(t)
	c := awstest.WithWeb(awstest.Config(f))
	c.AllowedAccounts = []string{"210987654321"}
	if _, err := aws.Resolve(t.Context(), c); !errors.Is(err, fault.ErrAccount) || len(f.Actions()) != 0 {
		t.Errorf("the token was sent for a role of a foreign account: %v, %v", f.Actions(), err)
	}
}

// What AWS says of a missing right is passed on, with who, what and where.
func TestDeniedNamesTheAction(t *testing.T) {
	f := awstest.NewFake(t)
	f.Fault = func(w http.ResponseWriter, r awstest.Request, _ int) bool {
		if r.Action == "AssumeRole" {
			awstest.Protocol(403, "AccessDenied", "User: arn:aws:iam::123456789012:user/static is not authorized to perform: sts:TagSession on resource: "+awstest.RoleARN)(w, r)
		}
		return r.Action == "AssumeRole"
	}
	c := awstest.WithKeys(awstest.Config(f))
	c.RoleARN = awstest.RoleARN
	_, err := aws.Resolve(t.Context(), c)
	if !errors.Is(err, fault.ErrDenied) || !strings.HasPrefix(err.Error(), `assuming role "`+awstest.RoleARN+`": access denied (User: `) || !strings.Contains(err.Error(), "sts:TagSession on resource") {
		t.Errorf("error %v", err)
	}
}
