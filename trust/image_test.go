package trust

import (
	"strings"
	"testing"
)

// A run that uses protected images only takes no image that any branch may have pushed, under whatever name of the
// registry.
func TestCheckImage(t *testing.T) {
	for _, image := range []string{
		"registry:5000/group/open/app:mr-7",
		"registry:5000/group/open/app@sha256:0",
		"REGISTRY:5000/group/open/app:mr-7@sha256:0",
		"123456789012.dkr-ecr-fips.eu-west-1.on.aws/group/open/terraform",
		"mirror.example.com/cache/group/open/app:latest",
		"open/app", "docker.io/open/app", "registry:5000/group/open:1",
	} {
		if err := CheckImage(image, Protected.Reads()); err == nil || !strings.Contains(err.Error(), "any branch may have pushed it") {
			t.Errorf("%s for a protected run: %v", image, err)
		}
		if err := CheckImage(image, Open.ReadsFor(true)); err == nil {
			t.Errorf("%s for an environment that lasts: taken", image)
		}
		if err := CheckImage(image, nil); err == nil {
			t.Errorf("%s for a run whose level is not known: taken", image)
		}
		if err := CheckImage(image, Open.Reads()); err != nil {
			t.Errorf("%s for an open run: %v", image, err)
		}
	}
	for _, image := range []string{
		"registry:5000/group/app:open", "registry:5000/group/opener:1", "registry:5000/group/app:open@sha256:0",
		"ghcr.io/open-telemetry/demo:1", "python:3.12", "debian:bookworm-slim", "open.example.com/group/app",
	} {
		if err := CheckImage(image, Protected.Reads()); err != nil {
			t.Errorf("%s for a protected run: %v", image, err)
		}
	}
}
