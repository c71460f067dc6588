package steps

import (
	"slices"
	"testing"
)

// Given artifacts have the same order as built ones: var.artifact is the first, and a
// plan's fingerprint covers them in order.
func TestOrderOfArtifacts(t *testing.T) {
	paths := []string{"dist/api.zip", "dist/worker.zip", "layer.zip", "other.txt"}
	for _, test := range []struct{ patterns, want []string }{
		{nil, paths},
		{[]string{"dist/*.zip"}, paths},
		{[]string{"layer.zip", "./dist/*.zip"}, []string{"layer.zip", "dist/api.zip", "dist/worker.zip", "other.txt"}},
		{[]string{"dist/worker.zip", "dist/*.zip"}, []string{"dist/worker.zip", "dist/api.zip", "layer.zip", "other.txt"}},
	} {
		got := slices.Clone(paths)
		slices.SortFunc(got, inOrder(test.patterns))
		if !slices.Equal(got, test.want) {
			t.Errorf("with %q: %q, want %q", test.patterns, got, test.want)
		}
	}
}
