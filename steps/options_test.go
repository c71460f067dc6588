package steps

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"dagger/pipeline/images"
	"dagger/pipeline/internal/dagger"
)

func TestOptions(t *testing.T) {
	one, two := Roots{{Infra: "infra"}}, Roots{{Infra: "network"}, {Infra: "app"}}
	got, err := one.asked(Options{Target: []string{"module.queue"}, Replace: []string{`aws_x.y["a"]`}, Parallelism: 3})
	if err != nil {
		t.Fatal(err)
	}
	if args, want := got[0].Options.args(), []string{"-target=module.queue", `-replace=aws_x.y["a"]`, "-parallelism=3"}; !slices.Equal(args, want) {
		t.Errorf("args %q, want %q", args, want)
	}
	if one[0].Options.Parallelism != 0 {
		t.Error("the roots of the run were changed, which other steps use")
	}
	if got, err := two.asked(Options{Parallelism: 3}); err != nil || got[1].Options.Parallelism != 3 {
		t.Errorf("%v", err)
	}
	for want, o := range map[string]Options{
		"reading --target: it is for one root module, and the project has 2 (network, app)": {Target: []string{"a.b"}},
		"reading --replace: it is given and empty":                                          {Replace: []string{""}},
		"reading --parallelism: -1 is no number of resources":                               {Parallelism: -1},
	} {
		if _, err := two.asked(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

// One root module that fails stops those after it, and the error says what was
// done and what was not.
func TestRootsStopAtAFailure(t *testing.T) {
	var ran []string
	_, err := Roots{{Infra: "network"}, {Infra: "app"}, {Infra: "dns"}}.each(func(w Workspace) (string, error) {
		ran = append(ran, w.Infra)
		if w.Infra == "app" {
			return "", errors.New("no quota")
		}
		return "a plan\nmr-7: 1 added", nil
	})
	if want := "app: no quota (network: mr-7: 1 added; dns: not run)"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	if !slices.Equal(ran, []string{"network", "app"}) {
		t.Errorf("ran %q", ran)
	}
}

// Each flag with lines of secrets reads them like a dotenv file.
func TestQuotesAreNoPartOfASecret(t *testing.T) {
	lines := dag.SetSecret("lines", `A="s3cret"`)
	for flag, read := range map[string]func() (map[string]*dagger.Secret, error){
		"--test-secrets": func() (map[string]*dagger.Secret, error) {
			tests, err := NewRun(Settings{Source: dag.Directory(), Project: ".", Trust: "open", TestSecrets: lines}, "").tests(t.Context(), "")
			return tests.Secrets, err
		},
		"--terraform-secrets": func() (map[string]*dagger.Secret, error) {
			return (&Run{Settings: Settings{TerraformSecrets: lines}}).terraformSecrets(t.Context())
		},
		"--install-secrets": func() (map[string]*dagger.Secret, error) {
			return images.ReadSecrets(t.Context(), "--install-secrets", lines)
		},
	} {
		secrets, err := read()
		if err != nil || secrets["A"] == nil {
			t.Errorf("%s: %v, %v", flag, secrets, err)
			continue
		}
		if value, err := secrets["A"].Plaintext(t.Context()); err != nil || value != "s3cret" {
			t.Errorf("%s: %s, %v", flag, value, err)
		}
	}
}

func TestSecretsThatSteer(t *testing.T) {
	for name, want := range map[string]bool{"DATADOG_API_KEY": false, "TF_HTTP_PASSWORD": false, "TF_TOKEN_example_com": false, "GIT_CONFIG_COUNT": false, "TF_VAR_token": false,
		"TF_WORKSPACE": true, "AWS_PROFILE": true, "TF_CLI_ARGS_apply": true, "TF_VAR_environment": true, "PATH": true, "LD_PRELOAD": true, "TF_STATE_KEY": true} {
		if steers(name) != want {
			t.Errorf("%s: %t, want %t", name, !want, want)
		}
	}
}
