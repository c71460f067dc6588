package steps

import "testing"

// A test or a build that names no environment for itself uses no less carefully what it finds, where its result lasts.
func TestWhatLastsIsForNamed(t *testing.T) {
	for environment, lasts := range map[string]bool{"": false, "mr-7": false, "staging": true, "prod": true} {
		r, err := NewRun(Settings{}, "").For(environment)
		if err != nil || r.lasting != lasts || r.Environment != "" {
			t.Errorf("%q: lasting %v, environment %q, %v", environment, r.lasting, r.Environment, err)
		}
	}
	if _, err := NewRun(Settings{}, "").For("Prod"); err == nil {
		t.Error("a name that is none is taken")
	}
}
