package steps

import (
	"strings"
	"testing"
)

// A protected run does not follow a state that any branch may write: the state could have
// the ids of production's resources, at an address that the root module declares.
func TestProtectedRunDestroysNothingOfABranch(t *testing.T) {
	server, asked := cloud(t)
	for name, test := range map[string]struct {
		call func(Settings) error
		free bool // it destroys nothing of a merge request
	}{
		"destroy":     {func(s Settings) error { _, err := NewRun(s, "mr-1").Destroy(t.Context(), "", nil); return err }, false},
		"named twice": {func(s Settings) error { _, err := NewRun(s, "mr-1").Destroy(t.Context(), "mr-1", nil); return err }, false},
		"sweep": {func(s Settings) error {
			_, err := NewRun(s, "").Sweep(t.Context(), false, []string{"3"}, GitLab{})
			return err
		}, false},
		"a dry run": {func(s Settings) error {
			_, err := NewRun(s, "").Sweep(t.Context(), true, []string{"3"}, GitLab{})
			return err
		}, true},
		"a lasting one": {func(s Settings) error {
			_, err := NewRun(s, "staging").Destroy(t.Context(), "staging", nil)
			return err
		}, true},
	} {
		for _, level := range []string{"protected", "open"} {
			with := settings(server.URL)
			with.Trust = level
			before := len(asked.seen)
			err := test.call(with)
			refused := err != nil && strings.Contains(err.Error(), "and this run is protected: call with --trust=open and the open role (--role-arn)")
			if want := level == "protected" && !test.free; refused != want || !want && err != nil {
				t.Errorf("%s, %s: %v", name, level, err)
			} else if want && len(asked.seen) > before {
				t.Errorf("%s: asked before it was refused: %q", name, asked.seen[before:])
			}
		}
	}
}
