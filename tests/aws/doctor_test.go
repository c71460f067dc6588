package aws

import (
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

func TestDoctor(t *testing.T) {
	world.NeedAWS(t)
	p := world.Project(t)
	well := []string{"engine", "role", "session", "registry push", "state bucket", "state privacy"}
	registry := images()
	r := world.Succeed(t, call(p, registry, web("--trust", "protected"), "doctor"))
	for _, name := range well {
		if !strings.Contains(r.Stdout, "ok      "+name+": ") {
			t.Errorf("no line says that %s is ok:\n%s", name, r.Stdout)
		}
	}
	if strings.Contains(r.Stdout, "not ok") {
		t.Errorf("something is not ok:\n%s", r.Stdout)
	}
	for name, test := range map[string]struct {
		flags []string
		bad   string
	}{
		"wrong bucket":    {web("--state-bucket", "no-such-bucket"), "not ok  state bucket: "},
		"wrong account":   {web("--allowed-accounts", "210987654321"), "not ok  role: "},
		"one role":        {web(), "not ok  state levels: this open run may write s3://" + world.AWS.StateBucket + "/"},
		"no credentials":  {nil, "not ok  identity: no AWS credentials are given: give "},
		"no such machine": {[]string{"--instance-metadata", "http://127.0.0.1:9"}, "not ok  identity: "},
	} {
		t.Run(name, func(t *testing.T) {
			r := world.Run(t, call(p, images(), test.flags, "doctor"))
			if r.Code != 1 || !strings.Contains(r.Stderr, test.bad) || !strings.Contains(r.Stderr, "not ok: ") {
				t.Errorf("exit code %d, want 1, and %q in\n%s", r.Code, test.bad, r.Stderr)
			}
		})
	}
}

// The login of open runs must be refused where protected runs push.
func TestDoctorOnLevels(t *testing.T) {
	p, registry := world.Project(t), images()
	for name, test := range map[string]struct {
		call harness.Call
		want string
	}{
		"may push everywhere": {call(p, registry, nil, "doctor"), "not ok  registry levels: this open run may push to " + registry + "/app, "},
		"may push below open": {leveled(p, registry, "open", "doctor"), "ok      registry levels: no upload can be opened to " + registry + "/app and " + registry + "/terraform"},
		"may not push":        {asOpen(leveled(p, registry, "protected", "doctor")), "not ok  registry push: opening an upload to"},
	} {
		// There are no AWS credentials, which doctor wants: it fails each time.
		if r := world.Run(t, test.call.Without("--state-bucket")); !strings.Contains(r.Stdout+r.Stderr, test.want) {
			t.Errorf("%s: want %q in\n%s\n%s", name, test.want, r.Stdout, r.Stderr)
		}
	}
}
