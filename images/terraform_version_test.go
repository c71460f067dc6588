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
		{".terraform-version", "latest:^1\\.9\n", "1.9.8", false},
		{".terraform-version", "latest-allowed\n", "", false},
		{".terraform-version", "latest\n", "", false},
		{".terraform-version", "min-required\n", "", false},
		{".opentofu-version", "latest-stable\n", "", true},
		{"mise.toml", "[tools]\npython = \"3.12\"\nterraform = \"1.9.7\"\n", "1.9.7", false},
		{"mise.toml", "[tools]\nterraform = \"1.9\"\n", "1.9.8", false},
		{".mise.toml", "[tools]\nopentofu = { version = \"1.9.1\" }\n", "1.9.1", true},
		{"mise.toml", "[tools]\nterraform = \"latest\"\n", "", false},
		{"mise.toml", "[env]\nX = \"1\"\n", "", false},
		{"mise.toml", "[tools\n", "", false},
	} {
		if got, err := namedVersion(test.name, test.text); err != nil || got.Version != test.want || got.OpenTofu != test.tofu {
			t.Errorf("%s %q: %+v, %v, want %q", test.name, test.text, got, err, test.want)
		}
	}
	for _, text := range []string{"[tools]\nterraform = \"1.99\"", "[tools]\nterraform = \"prefix:1\"", "[tools]\nterraform = \"1.9.8\"\nopentofu = \"1.9.1\""} {
		if got, err := namedVersion("mise.toml", text); err == nil {
			t.Errorf("%q is taken for version %q", text, got.Version)
		}
	}
	for _, text := range []string{"latest:^1.99", "latest-pre", "1.9", "1.9.8;id"} {
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
		{"", "~> 1.9.3", "1.9.8", ""},
		{"", "1.9.8", "1.9.8", ""},
		{"", ">= 1.3, < 1.6.0", "1.5.7", ""},
		{"", ">= 1.3|>= 1.4.2, < 1.6", "1.5.7", ""},
		{"", ">= 1.14", "1.14.0", ""},
		{"", "< 1.6", "1.5.7", ""},
		{"", "< 1.0", "", "which names none that fits"},
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

// Files that only OpenTofu reads are never left to Terraform, which would plan to
// destroy what they declare.
func TestTofuFiles(t *testing.T) {
	missed := []string{"infra/main.tofu"}
	if r, err := (Release{}).reading(missed, ""); err != nil || !r.OpenTofu || r.From != "" {
		t.Errorf("nothing named: %+v, %v", r, err)
	} else if r, err = r.allowed([]string{">= 1.8"}); err != nil || r.Version != defaultOpenTofuVersion {
		t.Errorf("nothing named: %+v, %v", r, err)
	}
	if r, err := (Release{Version: "1.9.1", From: "--terraform-version"}).reading(missed, ""); err != nil || !r.OpenTofu || r.Version != "1.9.1" {
		t.Errorf("a version named: %+v, %v", r, err)
	}
	if r, err := (Release{Version: "1.9.8"}).reading(missed, "infra/.terraform-version"); err == nil || !strings.Contains(err.Error(), "infra/.terraform-version names Terraform, which does not read infra/main.tofu") {
		t.Errorf("Terraform named: %+v, %v", r, err)
	}
	if r, err := (Release{}).reading(nil, ""); err != nil || r.OpenTofu {
		t.Errorf("no such file: %+v, %v", r, err)
	}
	for said, want := range map[string]bool{
		"OpenTofu v1.8.0\non linux_amd64": true, "OpenTofu v1.12.1-dev\n": true, "OpenTofu v2.0.0": true,
		"OpenTofu v1.7.9\n": false, "Terraform v1.11.4\non linux_amd64": false, "": false,
	} {
		if got := readsTofu(said); got != want {
			t.Errorf("%q: %t", said, got)
		}
	}
}

// A lock file with OpenTofu's registry alone was not made by Terraform, which would refuse it.
func TestLockOfOpenTofu(t *testing.T) {
	const tofu, terraform, other = `provider "registry.opentofu.org/hashicorp/aws" {`, `provider "registry.terraform.io/hashicorp/aws" {`, `provider "example.com/team/thing" {`
	for lock, want := range map[string]bool{tofu: true, tofu + "\n}\n" + other: true, terraform: false, terraform + "\n}\n" + tofu: false, other: false, "": false} {
		if r, err := (Release{}).lockedBy("infra/.terraform.lock.hcl", lock, ""); err != nil || r.OpenTofu != want {
			t.Errorf("%s: %+v, %v", lock, r, err)
		}
	}
	if _, err := (Release{Version: "1.9.8"}).lockedBy("infra/.terraform.lock.hcl", tofu, "infra/.terraform-version"); err == nil || !strings.Contains(err.Error(), "infra/.terraform-version names Terraform, and infra/.terraform.lock.hcl is OpenTofu's") {
		t.Error(err)
	}
	if r, err := (Release{OpenTofu: true}).lockedBy("infra/.terraform.lock.hcl", tofu, ".opentofu-version"); err != nil || !r.OpenTofu {
		t.Errorf("%+v, %v", r, err)
	}
}
