package doctor

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"

	"dagger/pipeline/aws/awstest"
	"dagger/pipeline/ecr"
	"dagger/pipeline/registry"
	"dagger/pipeline/secret"
)

// Nothing that is printed, encoded or logged shows a credential, however it is printed.
func TestSecretsDoNotPrint(t *testing.T) {
	f := awstest.NewFake(t)
	c := awstest.WithTemporary(awstest.WithWeb(awstest.Config(f)))
	c.ContainerToken = secret.New(awstest.CanaryPod)
	s := awstest.Resolve(t, c)
	keys, err := s.Credentials(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	login, err := ecr.New(s).Login(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	profile, err := awstest.WithKeys(awstest.Config(f)).TerraformProfile("/c", "/t")
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]any{
		"config": c, "credentials": keys, "login": login, "profile": profile, "static login": registry.StaticLogin("h", "robot", secret.New(awstest.CanaryLogin)),
		"pointer": &keys, "slice": []secret.Value{secret.New(awstest.CanaryToken)}, "map": map[string]secret.Value{"a": secret.New(awstest.CanarySecret)}, "secret": secret.New(awstest.CanarySession),
		"registry": registry.Client{Login: login}, "session": s, "session value": *s, "ecr": ecr.New(s), "static session": awstest.Resolve(t, awstest.WithTemporary(awstest.Config(f))),
		"doctor": Doctor{Config: c, Registry: Pushing{Login: &login}},
	}
	for name, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			awstest.NoCanary(t, name+" "+fmt.Sprintf(verb, v))
		}
		var log bytes.Buffer
		slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "v", v)
		slog.New(slog.NewTextHandler(&log, nil)).Info("x", "v", v)
		awstest.NoCanary(t, name+" "+log.String())
		if text, err := json.Marshal(v); err == nil {
			awstest.NoCanary(t, name+" "+string(text))
		}
	}
	if secret.New(awstest.CanaryToken).Reveal() != awstest.CanaryToken {
		t.Error("Reveal does not reveal")
	}
}
