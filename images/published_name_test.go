package images

import (
	"strings"
	"testing"
)

// Anybody who may push an image chooses its label, so the label must not lead to another
// project's state.
func TestProjectOnALabel(t *testing.T) {
	for _, name := range []string{"orders", "Orders_2.api"} {
		if err := namedOn("host/app@sha256:1", name); err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{"x/../other", "..", "other/prod", "/other", "a b", "other\nx", ".other", ""} {
		if err := namedOn("host/app@sha256:1", name); err == nil || !strings.Contains(err.Error(), "its label names no project") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v", name, err)
		}
	}
}
