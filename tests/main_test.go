package tests

import (
	"os"
	"testing"

	"dagger/pipeline/tests/harness"
)

var world *harness.World

func TestMain(m *testing.M) {
	os.Exit(harness.Main(m, "..", func(w *harness.World) { world = w }))
}
