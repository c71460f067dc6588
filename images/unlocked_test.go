package images

import (
	"testing"

	"dagger/pipeline/rootmodule"
)

func TestUnlockedRequirements(t *testing.T) {
	u := unlocked{"infra", []rootmodule.Requirement{{Source: "hashicorp/aws", Versions: []string{"< 6", ">= 4"}}, {Source: "example.com/team/thing"}}}
	want := "terraform {\n  required_providers {\n    provider0 = { source = \"hashicorp/aws\", version = \"< 6, >= 4\" }\n    provider1 = { source = \"example.com/team/thing\" }\n  }\n}\n"
	if got := u.requirements(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	got := u.sources("registry.opentofu.org")
	if len(got) != 2 || got[0].Source != "registry.opentofu.org/hashicorp/aws" || got[1].Source != "example.com/team/thing" {
		t.Errorf("sources %v", got)
	}
}
