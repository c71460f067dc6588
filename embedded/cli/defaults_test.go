package cli

import "testing"

// Only what says where a secret is may be shown: a password in a URL is none of that.
func TestSecretSource(t *testing.T) {
	for text, want := range map[string]bool{
		"env://TOKEN": true, "file://token": true, "cmd://pass show token": true,
		"postgres://user:password@host/db": false, "https://user:token@host": false, "plain": false, "": false,
	} {
		if got := secretSource(text); got != want {
			t.Errorf("%q says where a secret is: %v, want %v", text, got, want)
		}
	}
}
