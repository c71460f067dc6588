package module

import "testing"

func TestCommandName(t *testing.T) {
	for source, want := range map[string]string{
		"source":            "source",
		"pythonImage":       "python-image",
		"awsAccessKeyId":    "aws-access-key-id",
		"TestReports":       "test-reports",
		"BuildPackage":      "build-package",
		"dryRun":            "dry-run",
		"DryRun":            "dry-run",
		"dry-run":           "dry-run",
		"registryUsername":  "registry-username",
		"webIdentityToken":  "web-identity-token",
		"AppContainer":      "app-container",
		"withNewFile":       "with-new-file",
		"terraformReleases": "terraform-releases",
	} {
		if got := CommandName(source); got != want {
			t.Errorf("CommandName(%q) = %q, want %q", source, got, want)
		}
	}
}

func TestParseTypeInvertsString(t *testing.T) {
	for _, name := range []string{"Void", "String", "Int", "Float", "Boolean", "Directory", "[String]", "[Container]"} {
		if got := ParseType(name).String(); got != name {
			t.Errorf("ParseType(%q) is %q", name, got)
		}
	}
}

func TestMember(t *testing.T) {
	enum := Type{Kind: Enum, Values: []Member{{Name: "SHORT", Value: "s"}, {Name: "LONG", Value: "short"}}}
	for given, want := range map[string]string{"SHORT": "SHORT", "short": "SHORT", "Long": "LONG", "s": "SHORT"} {
		if m, ok := enum.Member(given); !ok || m.Name != want {
			t.Errorf("Member(%q) = %q, %v, want %q", given, m.Name, ok, want)
		}
	}
	if _, ok := enum.Member("none"); ok {
		t.Error("Member found a value that is not there")
	}
}
