package project

import (
	"strings"
	"testing"
)

// What a project requires and its requirements files do not name is found, and nothing is
// where a file does not tell which packages it has.
func TestUnnamed(t *testing.T) {
	requires := []string{"Pydantic_Settings>=2", "boto3[crt]", "tomli ; python_version < '3.11'", "common"}
	for text, want := range map[string]string{
		"": "Pydantic_Settings>=2 boto3[crt]",
		"# boto3\n--extra-index-url https://x/simple\npytest\n": "Pydantic_Settings>=2 boto3[crt]",
		"boto3==1.0 --hash=sha256:00\npydantic-settings==2\n":   "",
		"boto3 @ https://example.com/boto3.whl\n":               "Pydantic_Settings>=2",
		"-e git+https://example.com/x.git@main#egg=boto3\n":     "Pydantic_Settings>=2",
		"git+https://example.com/x.git\n":                       "",
		"./vendor/some-1-py3-none-any.whl\n":                    "",
	} {
		if got := strings.Join(Unnamed(requires, text, []string{"Common"}), " "); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
