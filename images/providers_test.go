package images

import (
	"slices"
	"strings"
	"testing"
)

const lockTwo = `# This file is maintained automatically by "terraform init".

provider "registry.terraform.io/hashicorp/aws" {
  version     = "5.100.0"
  constraints = ">= 5.0.0, < 6.0.0"
  hashes = [
    "h1:Ijt7pOlB7Tr7maGQIqtsLFbl7pSMIj06TVdkoSBcYOw=",
    "zh:054b8dd49f0549c9a7cc27d159e45327b7b65cf404da5e5a20da154b90b8a644",
  ]
}

provider "registry.opentofu.org/hashicorp/archive" {
  version = "2.7.1"
}
`

func TestLockedProviders(t *testing.T) {
	aws, archive := Provider{"registry.terraform.io/hashicorp/aws", "5.100.0"}, Provider{"registry.opentofu.org/hashicorp/archive", "2.7.1"}
	for name, test := range map[string]struct {
		lock string
		want []Provider
	}{
		"empty":         {"", nil},
		"two":           {lockTwo, []Provider{aws, archive}},
		"line endings":  {strings.ReplaceAll(lockTwo, "\n", "\r\n"), []Provider{aws, archive}},
		"in a comment":  {"# provider \"x/y/z\" {\n#  version = \"1\"\n", nil},
		"version alone": {"  version = \"1\"\n", nil},
	} {
		got, err := LockedProviders(test.lock)
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, %v, want %v", name, got, err, test.want)
		}
	}
	_, err := LockedProviders("provider \"registry.terraform.io/hashicorp/aws\" {\n}\n")
	if err == nil || !strings.Contains(err.Error(), `provider "registry.terraform.io/hashicorp/aws" has no version: run`) {
		t.Errorf("without a version: %v", err)
	}
}

func TestRequirements(t *testing.T) {
	got := requirements([]Provider{{"r/a/b", "1.2.3"}, {"r/c/d", "4.5.6"}})
	want := `terraform {
  required_providers {
    provider0 = { source = "r/a/b", version = "1.2.3" }
    provider1 = { source = "r/c/d", version = "4.5.6" }
  }
}
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestCLIConfig(t *testing.T) {
	got := cliConfig("/mirror", []string{"r/a/b", "r/c/d"})
	want := `provider_installation {
  filesystem_mirror {
    path    = "/mirror"
    include = ["r/a/b", "r/c/d"]
  }
  direct {
    exclude = ["r/a/b", "r/c/d"]
  }
}
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if none := cliConfig("/mirror", nil); !strings.Contains(none, "include = []") || !strings.Contains(none, "exclude = []") {
		t.Errorf("without providers: %s", none)
	}
}

// As terraform prints it: framed, coloured and broken into lines.
func TestExplainInit(t *testing.T) {
	const bar = "\x1b[31m│\x1b[0m \x1b[0m"
	for output, want := range map[string]string{
		"\x1b[31m╷\x1b[0m\n" + bar + "\x1b[1mError: \x1b[0mFailed to install provider\n" + bar + "\n" + bar + "Error while installing hashicorp/aws v5.100.0: the local package for\n" +
			bar + "registry.terraform.io/hashicorp/aws 5.100.0 doesn't match any of the\n" + bar + "checksums previously recorded in the dependency lock file (this might be\n\x1b[31m╵\x1b[0m\n": "the checksum of the provider hashicorp/aws 5.100.0 is not in .terraform.lock.hcl: run `terraform providers lock -platform=linux_amd64` and commit the file",
		bar + "Could not retrieve the list of available versions for provider\n" + bar + "hashicorp/aws: the previously-selected version 5.31.0 is no longer\n" + bar + "available\n" + bar + "\n" +
			bar + "To see which modules are currently depending on hashicorp/aws and what\n": "the provider hashicorp/aws cannot be fetched: the previously-selected version 5.31.0 is no longer available: check its version and the network, or give --provider-mirror",
		"Could not retrieve the list of available versions for provider\nhashicorp/random: could not connect to registry.terraform.io: failed to\nrequest discovery document: Get\n\"https://registry.terraform.io/.well-known/terraform.json\": dial tcp:\nlookup registry.terraform.io on 198.51.100.1:53: no such host\n": "the provider hashicorp/random cannot be fetched: could not connect to registry.terraform.io: no such host: check its version and the network, or give --provider-mirror",
		"something else": "",
	} {
		if got := explainInit(output); got != want {
			t.Errorf("%q: %q, want %q", output, got, want)
		}
	}
}
