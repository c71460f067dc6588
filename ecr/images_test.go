package ecr

import (
	"slices"
	"testing"
)

func TestChildrenOf(t *testing.T) {
	if got := childrenOf(`{"manifests":[{"digest":"sha256:1"},{"digest":"sha256:2"}]}`); !slices.Equal(got, []string{"sha256:1", "sha256:2"}) {
		t.Errorf("children %v", got)
	}
}
