package images

import (
	"strings"
	"testing"
)

func TestNamedVersion(t *testing.T) {
	for _, test := range []struct {
		name, text, want string
		tofu             bool
	}{
		{".terraform-version", "1.9.8\n", "1.9.8", false},
		{".terraform-version", "# ours\nv1.10.0-rc1\n", "1.10.0-rc1", false},
		{".terraform-version", "\n", "", false},
		{".opentofu-version", "1.9.1\n", "1.9.1", true},
		{".tool-versions", "python 3.12.1\nterraform 1.8.0 # old\n", "1.8.0", false},
		{".tool-versions", "opentofu 1.8.2\n", "1.8.2", true},
		{".tool-versions", "python 3.12.1\n", "", false},
	} {
		if got, err := namedVersion(test.name, test.text); err != nil || got.Version != test.want || got.OpenTofu != test.tofu {
			t.Errorf("%s %q: %+v, %v, want %q", test.name, test.text, got, err, test.want)
		}
	}
	for _, text := range []string{"latest", "latest:^1.9", "min-required", "1.9", "1.9.8;id"} {
		if got, err := namedVersion(".terraform-version", text); err == nil {
			t.Errorf("%q is taken for version %q", text, got.Version)
		}
	}
}

func TestRequiredVersion(t *testing.T) {
	for _, test := range []struct{ named, required, want, err string }{
		{"", "", defaultTerraformVersion, ""},
		{"", ">= 1.5", defaultTerraformVersion, ""},
		{"", ">= 1.5|~> 1.9", defaultTerraformVersion, ""},
		{"", "~> 1.9.3", "1.9.3", ""},
		{"", "1.9.8", "1.9.8", ""},
		{"", ">= 1.3, < 1.6.0", "1.3.0", ""},
		{"", ">= 1.3|>= 1.4.2, < 1.6", "1.4.2", ""},
		{"", ">= 1.14", "1.14.0", ""},
		{"", "< 1.6", "", "which names none that fits"},
		{"", ">= 1.9|< 1.8", "", "required_version wants >= 1.9, < 1.8"},
		{"", "what", defaultTerraformVersion, ""},
		{"1.9.8", ">= 1.5", "1.9.8", ""},
		{"1.4.0", ">= 1.5", "", "infra/.terraform-version names 1.4.0, and required_version wants >= 1.5: change one of them"},
	} {
		var required []string
		if test.required != "" {
			required = strings.Split(test.required, "|")
		}
		got, err := Release{Version: test.named, From: "infra/.terraform-version"}.allowed(required)
		if test.err != "" {
			if err == nil || !strings.Contains(err.Error(), test.err) {
				t.Errorf("%s, %s: %v", test.named, test.required, err)
			}
		} else if err != nil || got.Version != test.want {
			t.Errorf("%s, %s: %q, %v, want %q", test.named, test.required, got.Version, err, test.want)
		}
	}
}
