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

// Provider is one entry of a .terraform.lock.hcl.
type Provider struct {
	// Source is the full address: registry.terraform.io/hashicorp/aws.
	Source string
	// Version is the one that is locked.
	Version string
}

// LockedProviders reads a .terraform.lock.hcl.
func LockedProviders(lock string) ([]Provider, error) {
	var out []Provider
	for _, line := range strings.Split(lock, "\n") {
		if m := lockProvider.FindStringSubmatch(line); m != nil {
			out = append(out, Provider{Source: m[1]})
		}
		if m := lockVersion.FindStringSubmatch(line); m != nil && len(out) > 0 {
			out[len(out)-1].Version = m[1]
		}
	}
	for _, p := range out {
		if p.Version == "" {
			return nil, fmt.Errorf("reading .terraform.lock.hcl: provider %q has no version: run `terraform init` and commit the file", p.Source)
		}
	}
	return out, nil
}

// requirements is a root module that requires exactly these providers. With the
// lock file beside it, it can be initialised without the project's own
// configuration, so that the providers' layer depends on the lock file alone.
func requirements(providers []Provider) string {
	var out strings.Builder
	out.WriteString("terraform {\n  required_providers {\n")
	for i, p := range providers {
		fmt.Fprintf(&out, "    provider%d = { source = %q, version = %q }\n", i, p.Source, p.Version)
	}
	out.WriteString("  }\n}\n")
	return out.String()
}

// cliConfig makes terraform take the named providers from a filesystem mirror,
// and only from there: it would ask the registry for those too otherwise. All
// others come from their registry.
func cliConfig(mirror string, sources []string) string {
	quoted := make([]string, len(sources))
	for i, s := range sources {
		quoted[i] = fmt.Sprintf("%q", s)
	}
	list := strings.Join(quoted, ", ")
	return fmt.Sprintf(`provider_installation {
  filesystem_mirror {
    path    = %q
    include = [%s]
  }
  direct {
    exclude = [%s]
  }
}
`, mirror, list, list)
}
