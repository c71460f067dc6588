package aws

import (
	"strings"
	"testing"
)

// What guards a run and is empty stops it, before AWS is asked anything and before any command starts; it never
// means that the guard was not wanted.
func TestEmptyGuards(t *testing.T) {
	world.NeedAWS(t)
	p := world.Project(t)
	machine := []string{"--instance-metadata", world.AWS.Endpoint}
	with := func(flags []string, more ...string) []string { return append(append([]string{}, flags...), more...) }
	empty := "reading FLAG: it is given and empty"
	is := func(flag string) string { return strings.ReplaceAll(empty, "FLAG", flag) }
	for name, tt := range map[string]struct {
		flags []string
		want  string
	}{
		"allowed accounts":           {keys("--allowed-accounts", ""), is("--allowed-accounts")},
		"allowed accounts, one of":   {keys("--allowed-accounts", account+","), is("--allowed-accounts")},
		"allowed accounts, a role":   {web("--allowed-accounts", ""), is("--allowed-accounts")},
		"web token":                  {[]string{"--web-identity-token", "env://TEST_EMPTY", "--role-arn", role}, is("--web-identity-token")},
		"web token, a machine":       {with(machine, "--web-identity-token", "env://TEST_EMPTY", "--role-arn", role), is("--web-identity-token")},
		"web token, keys":            {keys("--web-identity-token", "env://TEST_EMPTY", "--role-arn", role), is("--web-identity-token")},
		"role":                       {keys("--role-arn", ""), is("--role-arn")},
		"role of a token":            {[]string{"--web-identity-token", "env://TEST_WEB_TOKEN", "--role-arn="}, is("--role-arn")},
		"external id":                {keys("--role-arn", role, "--external-id", ""), is("--external-id")},
		"access key":                 {[]string{"--aws-access-key-id", "env://TEST_EMPTY", "--aws-secret-access-key", "env://TEST_AWS_SECRET_KEY"}, is("--aws-access-key-id")},
		"secret key":                 {[]string{"--aws-access-key-id", "env://TEST_AWS_ACCESS_KEY", "--aws-secret-access-key", "env://TEST_EMPTY"}, is("--aws-secret-access-key")},
		"session token":              {keys("--aws-session-token", "env://TEST_EMPTY"), is("--aws-session-token")},
		"container token":            {with(machine, "--container-token", "env://TEST_EMPTY"), is("--container-token")},
		"no secret key":              {[]string{"--aws-access-key-id", "env://TEST_AWS_ACCESS_KEY"}, "an access key id without its secret key: give --aws-secret-access-key too"},
		"no access key":              {[]string{"--aws-secret-access-key", "env://TEST_AWS_SECRET_KEY"}, "a secret key without its access key id: give --aws-access-key-id too"},
		"nothing":                    {nil, "nothing says where the credentials come from"},
		"a role alone":               {[]string{"--role-arn", role}, "nothing says where the credentials come from"},
		"role none and nothing else": {[]string{"--role-arn", "none"}, "nothing says where the credentials come from"},
	} {
		t.Run(name, func(t *testing.T) {
			start := len(log(t, world.AWS.RequestLog, 0))
			r := world.Run(t, call(p, images(), tt.flags, "outputs", "--environment", "mr-1").With("TEST_EMPTY= \n"))
			if r.Code != 1 || !strings.Contains(r.Stderr, tt.want) {
				t.Errorf("exit code %d, want %q in\n%s", r.Code, tt.want, r.Stderr)
			}
			if asked := log(t, world.AWS.RequestLog, start); len(asked) > 0 {
				t.Errorf("AWS was asked: %+v", asked[0])
			}
			for _, s := range r.Steps {
				if s.Exec {
					t.Errorf("a command was reached: %s", s.Name)
				}
			}
		})
	}
}

// A call says whose credentials it uses, and where they come from.
func TestSourceOfTheCredentialsIsSaid(t *testing.T) {
	world.NeedAWS(t)
	p := world.Project(t)
	for want, flags := range map[string][]string{
		"of account " + account + ", from web identity":  web(),
		"of account " + account + ", from static keys":   keys("--allowed-accounts", account, "--role-arn", "none"),
		"of account " + account + ", from instance role": {"--instance-metadata", world.AWS.Endpoint},
		"aws: the keys of --aws-access-key-id":           keys(),
	} {
		r := world.Run(t, call(p, images(), flags, "outputs", "--environment", "mr-1"))
		if strings.Count(r.Stderr, want) != 1 {
			t.Errorf("want %q once in\n%s", want, r.Stderr)
		}
	}
}

// The settings in force are shown, and of a secret no more than where it is read.
func TestDoctorShowsTheSettings(t *testing.T) {
	world.NeedAWS(t)
	p := world.Project(t)
	r := world.Succeed(t, call(p, images(), web("--allowed-accounts", account, "--trust", "protected"), "doctor"))
	for _, want := range []string{"--allowed-accounts", account, "--web-identity-token", "env://TEST_WEB_TOKEN", "--trust", "not given: ", "--external-id"} {
		if !strings.Contains(r.Stdout, want) {
			t.Errorf("no %q in\n%s", want, r.Stdout)
		}
	}
	if strings.Contains(r.Stdout, "web-identity-token-of-the-tests") {
		t.Errorf("the token is shown:\n%s", r.Stdout)
	}
}
