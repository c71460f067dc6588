package aws

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func resolve(t *testing.T, c Config) *Session {
	t.Helper()
	s, err := Resolve(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestWebIdentity(t *testing.T) {
	f := newFake(t)
	c := withWeb(quick(f))
	c.Duration, c.AllowedAccounts = 2*time.Hour, []string{"123456789012"}
	s := resolve(t, c)
	form := f.of("AssumeRoleWithWebIdentity")[0].Form
	for key, want := range map[string]string{
		"RoleArn": roleARN, "RoleSessionName": "group-app-mr-7-4711", "DurationSeconds": "7200", "WebIdentityToken": canaryToken, "Policy": "",
	} {
		if got := form.Get(key); got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
	if f.of("AssumeRoleWithWebIdentity")[0].Header.Get("Authorization") != "" {
		t.Error("a web identity call is signed: it must need no keys")
	}
	if s.Identity.Account != "123456789012" || s.Source != "web identity" || len(s.Notes) != 0 {
		t.Errorf("session %+v", s.Identity)
	}
	if got := f.actions(); !slices.Equal(got, []string{"AssumeRoleWithWebIdentity", "GetCallerIdentity"}) {
		t.Errorf("calls %v", got)
	}
}

func TestStaticKeys(t *testing.T) {
	f := newFake(t)
	s := resolve(t, withKeys(quick(f)))
	if s.Source != "static keys" || !strings.HasSuffix(s.Identity.ARN, "user/static") {
		t.Errorf("session %+v", s.Identity)
	}
	if f.of("GetCallerIdentity")[0].Header.Get("X-Amz-Security-Token") != "" {
		t.Error("long-lived keys sent a session token")
	}
	keys, err := s.Credentials(t.Context())
	if err != nil || !keys.Expires.IsZero() || keys.SecretAccessKey.Reveal() != canarySecret {
		t.Errorf("credentials %v, %v", keys, err)
	}
	f2 := newFake(t)
	resolve(t, withTemporary(quick(f2)))
	if f2.of("GetCallerIdentity")[0].Header.Get("X-Amz-Security-Token") != canarySession {
		t.Error("temporary keys sent no session token")
	}
}

func TestRoleWithKeys(t *testing.T) {
	for name, tt := range map[string]struct {
		config   func(Config) Config
		duration time.Duration
		want     string
		notes    int
	}{
		"long-lived keys keep a long session": {withKeys, 4 * time.Hour, "14400", 0},
		"default is an hour":                  {withKeys, 0, "3600", 0},
		"temporary keys are chained":          {withTemporary, 4 * time.Hour, "3600", 1},
		"chained and short stays short":       {withTemporary, 20 * time.Minute, "1200", 0},
		"instance role to role is chained":    {func(c Config) Config { return c }, 2 * time.Hour, "3600", 1},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			c := tt.config(quick(f))
			c.RoleARN, c.Duration, c.ExternalID = roleARN, tt.duration, "customer-42"
			s := resolve(t, c)
			form := f.of("AssumeRole")[0].Form
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
	f := newFake(t)
	s := resolve(t, quick(f))
	want := []string{"PUT /latest/api/token", "GET /latest/meta-data/iam/security-credentials/", "GET /latest/meta-data/iam/security-credentials/node-role", "GetCallerIdentity"}
	if got := f.actions(); !slices.Equal(got, want) {
		t.Fatalf("calls %v, want %v", got, want)
	}
	if f.of(want[0])[0].Header.Get("X-Aws-Ec2-Metadata-Token-Ttl-Seconds") == "" {
		t.Error("no lifetime asked for the IMDSv2 token")
	}
	for _, action := range want[1:3] {
		if f.of(action)[0].Header.Get("X-Aws-Ec2-Metadata-Token") != "imds-token-1" {
			t.Errorf("%s without the IMDSv2 token", action)
		}
	}
	if s.Source != "instance role" {
		t.Errorf("source %q", s.Source)
	}
}

func TestContainerRole(t *testing.T) {
	f := newFake(t)
	c := quick(f)
	c.ContainerURI, c.ContainerToken = f.URL+"/pod", NewSecret(canaryPod)
	s := resolve(t, c)
	if got := f.of("GET /pod")[0].Header.Get("Authorization"); got != canaryPod {
		t.Errorf("authorization %q", got)
	}
	if s.Source != "container role" || len(f.of("PUT /latest/api/token")) != 0 {
		t.Errorf("source %q, calls %v", s.Source, f.actions())
	}
	if got := (Config{ContainerURI: "/v2/credentials/x"}).containerURL(); got != "http://169.254.170.2/v2/credentials/x" {
		t.Errorf("relative URI gives %q", got)
	}
}

func TestIMDSOutOfReachNamesTheHopLimit(t *testing.T) {
	f := newFake(t)
	c := quick(f)
	gone := newFake(t)
	c.IMDSEndpoint = gone.URL
	gone.Close()
	_, err := Resolve(t.Context(), c)
	if !errors.Is(err, ErrUnreachable) || !strings.Contains(err.Error(), "hop limit") || !strings.Contains(err.Error(), gone.URL) {
		t.Errorf("error: %v", err)
	}
}

// The order of sources: each is taken although all after it are set too.
func TestOrderOfSources(t *testing.T) {
	f := newFake(t)
	c := withKeys(withWeb(quick(f)))
	c.ContainerURI = f.URL + "/pod"
	var got []string
	for _, drop := range []func(){func() {}, func() { c.WebIdentityToken = Secret{} }, func() { c.AccessKeyID, c.SecretAccessKey = "", Secret{} }, func() { c.ContainerURI = "" }} {
		drop()
		got = append(got, resolve(t, c).Source)
	}
	if want := []string{"web identity", "static keys", "container role", "instance role"}; !slices.Equal(got, want) {
		t.Errorf("order %v", got)
	}
}

func TestWrongAccount(t *testing.T) {
	for name, source := range map[string]func(Config) Config{
		"web identity": withWeb, "static": withKeys, "temporary": withTemporary,
		"container": func(c Config) Config { c.ContainerURI = c.Endpoint + "/pod"; return c },
		"instance":  func(c Config) Config { return c },
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			c := source(quick(f))
			f.account = "999999999999" // what STS says, whatever the ARN said
			c.AllowedAccounts = []string{"123456789012"}
			s, err := Resolve(t.Context(), c)
			if !errors.Is(err, ErrAccount) || !strings.Contains(err.Error(), "999999999999") || !strings.Contains(err.Error(), "123456789012") {
				t.Errorf("session %v, error %v", s, err)
			}
		})
	}
	f := newFake(t)
	c := withWeb(quick(f))
	c.AllowedAccounts = []string{"210987654321"}
	if _, err := Resolve(t.Context(), c); !errors.Is(err, ErrAccount) || len(f.actions()) != 0 {
		t.Errorf("the token was sent for a role of a foreign account: %v, %v", f.actions(), err)
	}
}

// What AWS says of a missing right is passed on, with who, what and where.
func TestDeniedNamesTheAction(t *testing.T) {
	f := newFake(t)
	f.fault = func(w http.ResponseWriter, r request, _ int) bool {
		if r.Action == "AssumeRole" {
			protocol(403, "AccessDenied", "User: arn:aws:iam::123456789012:user/static is not authorized to perform: sts:TagSession on resource: "+roleARN)(w, r)
		}
		return r.Action == "AssumeRole"
	}
	c := withKeys(quick(f))
	c.RoleARN = roleARN
	_, err := Resolve(t.Context(), c)
	if !errors.Is(err, ErrDenied) || !strings.HasPrefix(err.Error(), `assuming role "`+roleARN+`": access denied (User: `) || !strings.Contains(err.Error(), "sts:TagSession on resource") {
		t.Errorf("error %v", err)
	}
}

func TestSettingsThatDoNotFit(t *testing.T) {
	ok := Config{Region: "eu-west-1", IMDSEndpoint: "http://169.254.169.254"}
	for want, change := range map[string]func(*Config){
		"region":                           func(c *Config) { c.Region = "" },
		"without a role":                   func(c *Config) { c.WebIdentityToken = NewSecret(canaryToken) },
		"give --aws-secret-access-key too": func(c *Config) { c.AccessKeyID = staticKey },
		"give --aws-access-key-id too":     func(c *Config) { c.SecretAccessKey = NewSecret(canarySecret) },
		"give --aws-access-key-id and --aws-secret-access-key too": func(c *Config) { c.SessionToken = NewSecret(canarySession) },
		"nothing says where the credentials come from":             func(c *Config) { c.IMDSEndpoint = "" },
		"the list of allowed accounts is empty":                    func(c *Config) { c.AllowedAccounts = []string{} },
		`allowed account "" is not an account id`:                  func(c *Config) { c.AllowedAccounts = []string{""} },
		"no session token":   func(c *Config) { c.AccessKeyID, c.SecretAccessKey = temporaryKey, NewSecret(canarySecret) },
		"external id":        func(c *Config) { c.ExternalID = "a b" },
		"is not an ARN":      func(c *Config) { c.RoleARN = "ci-deploy" },
		"negative duration":  func(c *Config) { c.Duration = -1 },
		"not an account id":  func(c *Config) { c.AllowedAccounts = []string{"1234"} },
		"is not a URL":       func(c *Config) { c.Endpoint = "localhost:4566" },
		"AWS does not use":   func(c *Config) { c.ContainerURI = "http://evil.example/creds" },
		"\"http://169.254.1": func(c *Config) { c.ContainerURI = "http://169.254.1.1/creds" },
	} {
		c := ok
		change(&c)
		_, err := Resolve(t.Context(), c)
		if err == nil || !errors.Is(err, ErrConfig) || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
			continue
		}
		noCanary(t, err.Error())
	}
	if err := ok.check(); err != nil {
		t.Error(err)
	}
	// A role alone is not assumed with whatever role the machine has.
	ok.IMDSEndpoint, ok.RoleARN = "", roleARN
	if _, err := Resolve(t.Context(), ok); !contains(err, "nothing says where the credentials come from") {
		t.Errorf("a role alone: %v", err)
	}
}

// Partitions that are not known yet have roles too.
func TestRolesOfAllPartitions(t *testing.T) {
	for _, partition := range []string{"aws", "aws-cn", "aws-us-gov", "aws-iso-b", "aws-eusc", "aws-next"} {
		c := Config{Region: "eu-west-1", RoleARN: "arn:" + partition + ":iam::123456789012:role/deploy", IMDSEndpoint: "http://169.254.169.254"}
		if err := c.check(); err != nil {
			t.Error(err)
		}
		if c.AllowedAccounts = []string{"210987654321"}; !errors.Is(c.check(), ErrAccount) {
			t.Errorf("%s: the account of the role is not compared", partition)
		}
	}
}

// A registry in another account is one that is touched.
func TestAccountOfTheRegistry(t *testing.T) {
	host, _ := ParseECRHost("999999999999.dkr.ecr.eu-west-1.amazonaws.com")
	for _, tt := range []struct {
		allowed []string
		want    error
	}{{nil, nil}, {[]string{"123456789012"}, ErrAccount}, {[]string{"123456789012", "999999999999"}, nil}} {
		c := withKeys(quick(newFake(t)))
		c.AllowedAccounts = tt.allowed
		if err := resolve(t, c).Allows(host); !errors.Is(err, tt.want) {
			t.Errorf("%v: %v", tt.allowed, err)
		}
	}
}
