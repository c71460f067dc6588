package images

import (
	"strings"
	"testing"

	"dagger/pipeline/project"
)

// What uv printed about missing wheels, and the line that is made of it.
func TestExplainPacked(t *testing.T) {
	target := project.Target{Python: 12, Architecture: "arm64", Platform: "manylinux_2_34"}
	for _, test := range []struct{ printed, want string }{
		{"error: No solution found when resolving dependencies\n  cause: Because docopt==0.6.2 has no usable wheels and you require docopt==0.6.2, we can conclude that your requirements are unsatisfiable.\n\n" +
			"hint: Wheels are required for `docopt` because building from source is disabled for all packages (i.e., with `--no-build`)",
			"docopt==0.6.2 has no wheel for Python 3.12 on arm64 (aarch64-manylinux_2_34): "},
		{"error: Package `numpy` can't be installed because it is marked as `--no-build` but has no binary distribution",
			"numpy has no wheel for Python 3.12 on arm64 (aarch64-manylinux_2_34): "},
		{"error: No solution found when resolving dependencies\n  cause: Because only foo==0.1 is available and foo==0.1 has no wheels with a matching Python version tag (e.g., `cp312`), we can conclude that all versions of foo cannot be used.",
			"foo==0.1 has no wheel for Python 3.12 on arm64 (aarch64-manylinux_2_34): "},
		{"hint: Wheels are required for `docopt` because building\nerror: Failed to download and build `netifaces==0.11.0`\n  cause: The built wheel `netifaces-0.11.0-cp311-cp311-linux_x86_64.whl` is not compatible with the target Python 3.12 on Linux aarch64.",
			"netifaces==0.11.0 has no wheel for Python 3.12 on arm64 (aarch64-manylinux_2_34): "},
		{"error: HTTP status client error (401 Unauthorized) for url (https://packages.example.com/simple/private/)", "the package index refuses the login: https://packages.example.com/simple/private/"},
	} {
		if got := explainPacked(target)(test.printed); !strings.HasPrefix(got, test.want) {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}
