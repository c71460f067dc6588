package steps

import (
	"strings"
	"testing"

	"dagger/pipeline/project"
)

// A protected run takes no image that any branch may have pushed, whatever it is
// for, and whether the registry can be opened, cannot be, or is none.
func TestProtectedRunTakesNoOpenImage(t *testing.T) {
	const image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/group/shop/open/app:mr-7"
	uses := map[string]func(s Settings) error{
		"python": func(s Settings) error {
			s.PythonImage = new(image)
			_, err := NewRun(s, "").Test(t.Context(), "")
			return err
		},
		"terraform": func(s Settings) error {
			s.TerraformImage = new(image)
			_, err := NewRun(s, "").Validate(t.Context())
			return err
		},
		"service": func(s Settings) error {
			_, err := NewRun(s, "").services(t.Context(), map[string]project.Service{"db": {Image: image, Port: 1}}, nil)
			return err
		},
		"scanner": func(s Settings) error {
			_, err := NewRun(s, "").Scan(t.Context(), dag.Container().From(image), []string{"tflint"})
			return err
		},
	}
	registries := map[string]struct {
		address *string
		deny    bool
	}{
		"opened":           {new("ecr:group/shop"), false},
		"cannot be opened": {new("ecr:group/shop"), true},
		"none":             {new("none"), false},
		"not given":        {nil, false},
	}
	for name, use := range uses {
		for state, registry := range registries {
			for _, level := range []string{"protected", "open"} {
				server, asked := cloud(t)
				asked.deny = registry.deny
				s := settings(server.URL)
				s.Registry, s.Trust = registry.address, level
				err := use(s)
				if refused := err != nil && strings.Contains(err.Error(), "any branch may have pushed it"); refused != (level == "protected") {
					t.Errorf("%s, registry %s, %s run: %v", name, state, level, err)
				}
			}
		}
	}
}

// An unused login is reported, and half a login is refused.
func TestUnusedLogin(t *testing.T) {
	password := dag.SetSecret("p", "secret")
	for _, tt := range []struct {
		place Place
		note  string
	}{
		{Place{Username: "u", Password: password}, "there is none (--registry)"},
		{Place{Password: password}, "there is none (--registry)"},
		{Place{Address: "ecr:group", Username: "u", Password: password}, "ECR is logged in to with the AWS credentials"},
		{Place{Address: "registry/group", Username: "u", Password: password}, ""},
		{Place{Address: "registry/group"}, ""},
		{Place{}, ""},
	} {
		if got := tt.place.unusedLogin(); !strings.HasPrefix(got, tt.note) || (got == "") != (tt.note == "") {
			t.Errorf("%+v: %q, want %q", tt.place, got, tt.note)
		}
	}
	if _, err := (Place{Address: "registry/group", Username: "u"}).open(t.Context(), pulling); err == nil || !strings.Contains(err.Error(), "without a password") {
		t.Errorf("a name without a password: %v", err)
	}
}
