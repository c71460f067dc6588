// Package run runs the CI files for real: the repository's own .gitlab-ci.yml, as it is, by gitlab-ci-local with the
// shell executor, and the example for GitHub by act, against the lab and with a `dagger` command that is the embedded
// engine's, unless a Dagger engine is tested.
package run

import (
	"os"
	"testing"

	"dagger/pipeline/tests/harness"
)

var world *harness.World

func TestMain(m *testing.M) {
	os.Exit(harness.Main(m, "../../..", func(w *harness.World) { world = w }))
}
