package environments

import (
	"math/rand"
	"strings"
	"testing"
	"testing/quick"
)

func TestValidateEnvironmentAccepts(t *testing.T) {
	for _, name := range []string{
		"mr-1", "mr-7", "mr-10", "mr-1234567890", "staging", "prod", "qa", "a", "eu-west-1", "review-app-7", "mr", "mrs-7", "x1",
		strings.Repeat("a", MaxEnvironment),
	} {
		if err := Validate(name); err != nil {
			t.Errorf("ValidateEnvironment(%q) = %v, want nil", name, err)
		}
		if got := Sanitize(name); got != name {
			t.Errorf("Sanitize(%q) = %q, want it unchanged", name, got)
		}
	}
}

func TestValidateEnvironmentRefuses(t *testing.T) {
	long := strings.Repeat("a", 300)
	for _, c := range []struct{ name, want string }{
		{"", `checking environment "": the name is empty: give one, such as "mr-7"`},
		{"../x", `checking environment "../x": character 1 is '.': use lower-case letters, digits and hyphens, such as "x"`},
		{"MR 1", `checking environment "MR 1": character 1 is 'M': use lower-case letters, digits and hyphens, such as "mr-1"`},
		{"MR-7", `checking environment "MR-7": character 1 is 'M': use lower-case letters, digits and hyphens, such as "mr-7"`},
		{"mr 1", `checking environment "mr 1": character 3 is ' ': use lower-case letters, digits and hyphens, such as "mr-1"`},
		{"mr/1", `checking environment "mr/1": character 3 is '/': use lower-case letters, digits and hyphens, such as "mr-1"`},
		{"Prod", `checking environment "Prod": character 1 is 'P': use lower-case letters, digits and hyphens, such as "prod"`},
		{"prod\n", `checking environment "prod\n": character 5 is '\n': use lower-case letters, digits and hyphens, such as "prod"`},
		{"mr-1\r\nprod", `checking environment "mr-1\r\nprod": character 5 is '\r': use lower-case letters, digits and hyphens, such as "mr-7"`},
		{"a_b", `checking environment "a_b": character 2 is '_': use lower-case letters, digits and hyphens, such as "a-b"`},
		{"a.b", `checking environment "a.b": character 2 is '.': `},
		{"a\x00", `checking environment "a\x00": character 2 is '\x00': `},
		{"a\xff", `checking environment "a\xff": character 2 is '\ufffd': `},
		{"$(id)", `checking environment "$(id)": character 1 is '$': `},
		{"prøve", `checking environment "pr\u00f8ve": character 3 is '\u00f8': use lower-case letters, digits and hyphens, such as "pr-ve"`},
		{"рrod", `checking environment "\u0440rod": character 1 is '\u0440': `}, // a Cyrillic er
		{"mr-١", `checking environment "mr-\u0661": character 4 is '\u0661': `}, // an Arabic digit
		{long, `checking environment "` + long[:48] + `"...: 300 characters are over the limit of 24: shorten it, such as "aaaaaaaaaaaaa-`},
		{"abcdefghijklmnopqrstuvwxy", `checking environment "abcdefghijklmnopqrstuvwxy": 25 characters are over the limit of 24: `},
		{"-x", `checking environment "-x": it starts with '-': start with a letter, such as "x"`},
		{"1x", `checking environment "1x": it starts with '1': start with a letter, such as "env-1x-`},
		{"x-", `checking environment "x-": it ends with a hyphen: end with a letter or digit, such as "x"`},
		{"a--b", `checking environment "a--b": it has two hyphens in a row: use single ones, such as "a-b"`},
		{"default", `checking environment "default": Terraform's own workspace has that name, which has no place of its own for a state: use another one, such as "default-`},
		{"mr-", `checking environment "mr-": "" is not the number of a merge request: write "mr-" and a number from 1 without leading zeros, such as "mr-7"`},
		{"mr-0", `checking environment "mr-0": "0" is not the number of a merge request: `},
		{"mr-01", `checking environment "mr-01": "01" is not the number of a merge request: `},
		{"mr--1", `checking environment "mr--1": "-1" is not the number of a merge request: write "mr-" and a number from 1 without leading zeros, such as "mr-1"`},
		{"mr-7x", `checking environment "mr-7x": "7x" is not the number of a merge request: `},
		{"mr-prod", `checking environment "mr-prod": "prod" is not the number of a merge request: `},
	} {
		err := Validate(c.name)
		if err == nil {
			t.Errorf("ValidateEnvironment(%q) = nil, want an error", c.name)
			continue
		}
		if !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("ValidateEnvironment(%q)\n got %s\nwant %s", c.name, err, c.want)
		}
		if strings.ContainsAny(err.Error(), "\r\n") || len(err.Error()) > 250 {
			t.Errorf("ValidateEnvironment(%q): want one short line, got %q", c.name, err)
		}
		if IsMergeRequest(c.name) {
			t.Errorf("IsMergeRequest(%q) = true for an invalid name", c.name)
		}
	}
}

func TestIsMergeRequest(t *testing.T) {
	for name, want := range map[string]bool{
		"mr-1": true, "mr-42": true, "mr": false, "mr-": false, "mr-0": false, "mr-01": false, "mr-1x": false, "MR-1": false, "xmr-1": false,
		"prod": false, "staging": false, "": false, "mr-1\n": false, "mr-" + strings.Repeat("1", 22): false,
	} {
		if got := IsMergeRequest(name); got != want {
			t.Errorf("IsMergeRequest(%q) = %v, want %v", name, got, want)
		}
	}
}

func TestSanitize(t *testing.T) {
	for name, want := range map[string]string{
		"feature/login":                     "feature-login-356hv2zvmd",
		"feature-login":                     "feature-login",
		"Feature/Login":                     "feature-login-",
		"":                                  "env-",
		"///":                               "env-",
		"1.2":                               "env-1-2-",
		"MR-7":                              "env-mr-7-",
		"mr":                                "mr",
		"MR":                                "env-mr-",
		"mr-0":                              "env-mr-0-",
		"PROD":                              "prod-",
		"staging ":                          "staging-",
		"dependabot/npm_and_yarn/lodash-4":  "dependabot-np-",
		"a-name-of-more-than-24-characters": "a-name-of-mor-",
	} {
		got := Sanitize(name)
		if strings.HasSuffix(want, "-") {
			rest, ok := strings.CutPrefix(got, want)
			if !ok || len(rest) != hashLength {
				t.Errorf("Sanitize(%q) = %q, want %q and a hash", name, got, want)
			}
		} else if got != want {
			t.Errorf("Sanitize(%q) = %q, want %q", name, got, want)
		}
	}
}

// TestSanitizeProperties: the result is valid, the same when sanitised again, never a protected or a merge request's
// name by accident, and different for different inputs.
func TestSanitizeProperties(t *testing.T) {
	owner := map[string]string{}
	check := func(name string) bool {
		got := Sanitize(name)
		ok := Validate(got) == nil && Sanitize(got) == got
		if got != name {
			ok = ok && !IsMergeRequest(got) && got != Production && got != Staging
			if other, seen := owner[got]; seen && other != name {
				t.Errorf("Sanitize gives %q for %q and %q", got, name, other)
			}
			owner[got] = name
		}
		return ok
	}
	random := rand.New(rand.NewSource(1))
	if err := quick.Check(check, &quick.Config{MaxCount: 20_000, Rand: random}); err != nil {
		t.Error(err)
	}
	alphabet := []rune("abmrAM019-/_. é\n")
	for range 200_000 {
		name := make([]rune, random.Intn(40))
		for i := range name {
			name[i] = alphabet[random.Intn(len(alphabet))]
		}
		if !check(string(name)) {
			t.Fatalf("Sanitize(%q) = %q breaks a property", string(name), Sanitize(string(name)))
		}
	}
	if len(owner) < 150_000 {
		t.Errorf("only %d names were sanitised: the test says too little", len(owner))
	}
}
