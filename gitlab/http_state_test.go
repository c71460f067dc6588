package gitlab

import (
	"strings"
	"testing"
)

// An address with a login is refused, and not printed.
func TestStateAddressWithLogin(t *testing.T) {
	for _, address := range []string{"https://user:canary@gitlab.example.com/state", "https://canary@gitlab.example.com/state", "canary://%zz"} {
		if _, err := (State{Address: address}).Read(t.Context()); err == nil || strings.Contains(err.Error(), "canary") || !strings.Contains(err.Error(), "TF_HTTP_PASSWORD") {
			t.Errorf("%s: %v", address, err)
		}
	}
}
