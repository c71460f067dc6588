package images

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	lockProvider = regexp.MustCompile(`^provider "([^"]+)" \{`)
	lockVersion  = regexp.MustCompile(`^\s+version\s*=\s*"([^"]+)"`)
)

// RequiredProviders turns a .terraform.lock.hcl into a root module that
// requires exactly the locked providers. A directory with both can be
// initialised without the project's own configuration, so that the providers'
// layer depends on the lock file alone.
func RequiredProviders(lock string) (string, error) {
	var out strings.Builder
	out.WriteString("terraform {\n  required_providers {\n")
	source, n := "", 0
	for _, line := range strings.Split(lock, "\n") {
		if m := lockProvider.FindStringSubmatch(line); m != nil {
			source = m[1]
		}
		if m := lockVersion.FindStringSubmatch(line); m != nil && source != "" {
			fmt.Fprintf(&out, "    provider%d = { source = %q, version = %q }\n", n, source, m[1])
			source = ""
			n++
		}
	}
	if source != "" {
		return "", fmt.Errorf("reading .terraform.lock.hcl: provider %q has no version: run `terraform init` and commit the file", source)
	}
	out.WriteString("  }\n}\n")
	return out.String(), nil
}
