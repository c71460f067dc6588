package rootmodule

import (
	"fmt"
	"strings"
	"testing"
)

func TestProviders(t *testing.T) {
	for text, want := range map[string]string{
		`resource "terraform_data" "a" {}`:                                    "[]",
		"resource \"x\" {\n":                                                  "[]", // no configuration: terraform says so
		`resource "aws_sqs_queue" "a" {}`:                                     "[{hashicorp/aws []}]",
		`data "aws_region" "a" {}`:                                            "[{hashicorp/aws []}]",
		"check \"up\" {\n data \"http\" \"a\" {\n url = \"https://x\"\n }\n}": "[{hashicorp/http []}]",
		`provider "random" {}`:                                                "[{hashicorp/random []}]",
		"resource \"google_x\" \"a\" {\n provider = google-beta.b\n}":         "[{hashicorp/google-beta []}]",
		"terraform {\n required_providers {\n aws = { source = \"hashicorp/aws\", version = \"~> 5.0\", configuration_aliases = [aws.b] }\n }\n}\nresource \"aws_x\" \"a\" {}": "[{hashicorp/aws [~> 5.0]}]",
		"terraform {\n required_providers {\n dd = { source = \"DataDog/datadog\" }\n old = \"1.0\"\n }\n}\nresource \"dd_x\" \"a\" {}":                                        "[{datadog/datadog []} {hashicorp/old [1.0]}]",
		"terraform {\n required_providers {\n aws = { source = \"hashicorp/aws\", version = \">= 4\" }\n }\n}\nmodule \"m\" {\n source = \"./m\"\n}":                           "[{hashicorp/aws [< 6 >= 4]} {hashicorp/null []}]",
	} {
		m := readRoot(t, "infra", "infra/main.tf", text, "infra/m/main.tf", "terraform {\n required_providers {\n aws = { source = \"hashicorp/aws\", version = \"< 6\" }\n }\n}\nresource \"null_resource\" \"n\" {}")
		if got := fmt.Sprint(m.Providers); got != want {
			t.Errorf("%s\nneeds %s, want %s", text, got, want)
		}
	}
	m := readRoot(t, "infra", "infra/a.tf.json", `{"terraform":{"required_providers":{"aws":{"source":"hashicorp/aws","version":"5.1.0"}}},"resource":{"random_id":{"a":{}}},"ephemeral":{"vault_kv_secret_v2":{"a":{}}}}`)
	if got, want := fmt.Sprint(m.Providers), "[{hashicorp/aws [5.1.0]} {hashicorp/random []} {hashicorp/vault []}]"; got != want {
		t.Errorf("JSON needs %s, want %s", got, want)
	}
}

// Modules that are not in the source are told by their source and version, where both are
// plain texts.
func TestCalls(t *testing.T) {
	const eks, local, loose = "module \"e\" {\n source = \"team/eks/aws\"\n version = \"~> 20.0\"\n}\n", "module \"l\" { source = \"./m\" }\n", "module \"v\" { source = var.it }\n"
	nested := []string{"infra/m/main.tf.json", `{"module": {"g": {"source": "git::https://example.com/m.git?ref=v1"}}}`}
	for text, want := range map[string]string{eks + local: "git::https://example.com/m.git?ref=v1, team/eks/aws ~> 20.0", local: "git::https://example.com/m.git?ref=v1", eks + loose: "", eks + "module {": ""} {
		m := readRoot(t, "infra", append([]string{"infra/main.tf", text}, nested...)...)
		if got := strings.Join(m.Calls, ", "); got != want || !m.Fetches {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
