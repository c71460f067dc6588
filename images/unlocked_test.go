package images

import (
	"testing"

	"dagger/pipeline/rootmodule"
)

func TestUnlockedRequirements(t *testing.T) {
	u := unlocked{"infra", []rootmodule.Requirement{{Source: "hashicorp/aws", Versions: []string{"< 6", ">= 4"}}, {Source: "example.com/team/thing"}}, nil}
	want := "terraform {\n  required_providers {\n    provider0 = { source = \"hashicorp/aws\", version = \"< 6, >= 4\" }\n    provider1 = { source = \"example.com/team/thing\" }\n  }\n}\n"
	if got := u.requirements(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	got := u.sources("registry.opentofu.org")
	if len(got) != 2 || got[0].Source != "registry.opentofu.org/hashicorp/aws" || got[1].Source != "example.com/team/thing" {
		t.Errorf("sources %v", got)
	}
}

// Another image is made when a called module has another version.
func TestUnlockedModules(t *testing.T) {
	u := unlocked{root: "infra", calls: []string{"team/eks/aws ~> 20.0"}}
	other := unlocked{root: "infra", calls: []string{"team/eks/aws ~> 21.0"}}
	if u.wanted() == other.wanted() || u.wanted() == (unlocked{root: "infra"}).wanted() {
		t.Errorf("wanted %q and %q", u.wanted(), other.wanted())
	}
}
