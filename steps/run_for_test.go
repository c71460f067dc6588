package steps

import "testing"

// A test or build whose result is for a lasting environment is as careful about what it reuses as a deployment of it.
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
