package images

import (
	"slices"
	"testing"
)

// The target of an installation decides what is in the image, so it is in the tag. If it is
// the app image's own, the tag of that image, which is in it, is enough.
func TestServiceIsNamedByWhatItIsInstalledFor(t *testing.T) {
	of := func(flags string) []string { return service{installFor: flags}.config() }
	if slices.Equal(of("--python-version 3.12 --python-platform aarch64-manylinux_2_34"), of("--python-version 3.13 --python-platform aarch64-manylinux_2_34")) {
		t.Error("images for two versions of Python have one tag")
	}
	if len(of("")) != len(service{}.config()) || len(of("x")) == len(of("")) {
		t.Error("an image for the engine's own platform has another tag than it had")
	}
}
