// Package environments tests from end to end how environments are planned, deployed, locked, repaired
// and removed. See package tests for what it needs and how to run it.
package environments

import (
	"os"
	"testing"

	"dagger/pipeline/tests/harness"
)

var world *harness.World

func TestMain(m *testing.M) {
	os.Exit(harness.Main(m, "../..", func(w *harness.World) { world = w }))
}
