package aws

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"
)

// Nothing that is printed, encoded or logged shows a credential, however it is printed.
func TestSecretsDoNotPrint(t *testing.T) {
	f := newFake(t)
	c := withTemporary(withWeb(quick(f)))
	c.ContainerToken = NewSecret(canaryPod)
	s := resolve(t, c)
	keys, err := s.Credentials(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	login, err := NewECR(s).Login(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	profile, err := withKeys(quick(f)).TerraformProfile("/c", "/t")
	if err != nil {
		t.Fatal(err)
	}
	process, err := keys.ProcessJSON()
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]any{
		"config": c, "credentials": keys, "login": login, "profile": profile, "process": process, "static login": StaticLogin("h", "robot", NewSecret(canaryLogin)),
		"pointer": &keys, "slice": []Secret{NewSecret(canaryToken)}, "map": map[string]Secret{"a": NewSecret(canarySecret)}, "secret": NewSecret(canarySession),
		"registry": Registry{Login: login}, "session": s, "session value": *s, "ecr": NewECR(s), "static session": resolve(t, withTemporary(quick(f))),
		"doctor": Doctor{Config: c, Registry: Pushing{Login: &login}},
	}
	for name, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			noCanary(t, name+" "+fmt.Sprintf(verb, v))
		}
		var log bytes.Buffer
		slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "v", v)
		slog.New(slog.NewTextHandler(&log, nil)).Info("x", "v", v)
		noCanary(t, name+" "+log.String())
		if text, err := json.Marshal(v); err == nil {
			noCanary(t, name+" "+string(text))
		}
	}
	if NewSecret(canaryToken).Reveal() != canaryToken {
		t.Error("Reveal does not reveal")
	}
}

func TestScrub(t *testing.T) {
	for _, form := range []string{
		canarySecret, url.QueryEscape(canarySecret),
		base64.StdEncoding.EncodeToString([]byte(canarySecret)), base64.RawURLEncoding.EncodeToString([]byte(canarySecret)),
	} {
		got := scrub("before "+form+" after", Secret{}, NewSecret("short"), NewSecret(canarySecret+"\n"))
		if got != "before [secret] after" {
			t.Errorf("%q stays: %q", form, got)
		}
	}
}

func TestErrorsAreOneLine(t *testing.T) {
	err := &Error{Op: "doing\nthis", What: strings.Repeat("long ", 200), Fix: "try\r\nthat", Kind: ErrServer}
	if strings.ContainsAny(err.Error(), "\r\n") {
		t.Errorf("error %q", err)
	}
	if got := excerpt(strings.Repeat("ä", 400)); len(got) > longest+3 {
		t.Errorf("excerpt of %d bytes", len(got))
	}
}
