package steps

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// masked is a text as an engine shows it when it masks these forms.
func masked(text string, forms []string) string {
	for _, form := range forms {
		text = strings.ReplaceAll(text, form, "***")
	}
	return text
}

// However a command prints a value, no meaningful part of it is left.
func TestMaskedForms(t *testing.T) {
	for _, value := range []string{
		"canary-plain", `canary "quoted" \ and <html> & ${interpolated} %{too}`, "canary line one\n  canary line two\ncanary line three\n",
		"-----BEGIN KEY-----\ncanarycanarycanary\n-----END KEY-----", "canary ü ☃ \u00a0 \x1b[31m canary", " canary with blanks \n",
	} {
		forms, short := maskForms([]string{value})
		if short != 0 {
			t.Errorf("%q is left out", value)
		}
		compact, _ := json.Marshal(map[string]string{"token": value})
		pretty, _ := json.MarshalIndent([]string{value}, "", "  ")
		for name, text := range map[string]string{
			"plain":    "token is " + value + ".",
			"indented": "      " + strings.ReplaceAll(value, "\n", "\n      "),
			"heredoc":  "<<-EOT\n    " + strings.ReplaceAll(value, "\n", "\n    ") + "\nEOT",
			"quoted":   fmt.Sprintf("+ input = %q -> null", value),
			"hcl":      "output = " + strings.NewReplacer("${", "$${", "%{", "%%{").Replace(fmt.Sprintf("%q", value)),
			"json":     string(compact),
			"pretty":   string(pretty),
		} {
			if got := masked(text, forms); strings.Contains(got, "canary") {
				t.Errorf("%s: %q shows %q", name, value, got)
			}
		}
	}
}

// Short values are not masked, so that ordinary words stay readable; their number is reported.
func TestShortValuesAreNotMasked(t *testing.T) {
	forms, short := maskForms([]string{"a", "ab", "abc", " no \n", "", "abcd", "üüü", "a\nb\nc\nd"})
	if short != 5 {
		t.Errorf("%d are left out, want 5", short)
	}
	const text = "Apply complete! Resources: 1 added, 0 changed, 0 destroyed. no, abc"
	if got := masked(text, forms); got != text {
		t.Errorf("the output is %q", got)
	}
}
