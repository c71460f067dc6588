package cli

import (
	"fmt"
	"strings"
	"testing"
)

func TestSecretAddresses(t *testing.T) {
	w := newWorld(t)
	w.env["TOKEN"] = "value"
	for _, tc := range []struct{ text, want string }{
		{"env://TOKEN", "[{uri env://TOKEN}]"},
		{"env://NOPE", "[{uri env://NOPE}]"}, // the session says that it is not set
		{"file:///run/token", "[{uri file:///run/token}]"},
		{"file://~/token", "[{uri file://~/token}]"},
		{"cmd://pass show a | head -1", "[{uri cmd://pass show a | head -1}]"},
		{"cmd://curl http://x?y=1", "[{uri cmd://curl http://x?y=1}]"},
		{"env://TOKEN?cacheKey=k", "[{uri env://TOKEN} {cacheKey k}]"},
		{"env://TOKEN?a=b&cacheKey=k", "[{uri env://TOKEN?a=b} {cacheKey k}]"},
		{"TOKEN", "[{uri env://TOKEN}]"},
		{"env:TOKEN", "[{uri env://TOKEN}]"},
	} {
		got, err := w.secret(tc.text)
		if err != nil || fmt.Sprint(got) != tc.want {
			t.Errorf("%s: got %v, %v, want %s", tc.text, got, err, tc.want)
		}
	}
}

// TestSecretErrorsHideTheText: what is no address may be the secret itself.
func TestSecretErrorsHideTheText(t *testing.T) {
	const want = "want env://NAME, file://PATH or cmd://COMMAND"
	for _, tc := range []struct{ text, want string }{
		{"hunter2secret", want},
		{"hunter2secret:x", want},
		{"env:hunter2secret", want},
		{"hunter2 secret://x", want},
		{"vault://hunter2secret", `unsupported secret provider "vault": ` + want},
	} {
		t.Run(tc.text, func(t *testing.T) {
			w := newWorld(t)
			code := w.run("call", "--aws-access-key-id", tc.text, "test")
			wantErr := "Error: reading argument \"aws-access-key-id\": " + tc.want + "\nRun 'pipeline call --help' for usage.\n"
			if code != 1 || w.err.String() != wantErr || strings.Contains(w.err.String(), "hunter2") {
				t.Errorf("exit code %d: %s", code, &w.err)
			}
		})
	}
}
