package registry

import (
	"fmt"
	"strings"

	ociregistry "oras.land/oras-go/v2/registry"

	"dagger/pipeline/fault"
)

// Check refuses an address of images that no registry can have.
func Check(address string) error {
	host, path := Split(address)
	rest, inECR := strings.CutPrefix(address, "ecr:")
	if inECR {
		host, path = "ecr", strings.Trim(rest, "/")
	}
	where := ociregistry.Reference{Registry: host, Repository: path}
	switch {
	case host == "" || where.ValidateRegistry() != nil:
		return fault.Setting(fmt.Sprintf("reading --registry %q", address), "no host of a registry", "give HOST/PATH, such as registry.example.com/group/app")
	case path != "" && where.ValidateRepository() != nil:
		return fault.Setting(fmt.Sprintf("reading --registry %q", address), fmt.Sprintf("%q is no path of a repository", path), "use lower-case letters, digits, and single '.', '_', '-' and '/' between them")
	}
	return nil
}

// Split splits the address of images, "registry.example.com/group/app", into the registry's host and the path of
// its repositories. The path is empty if the address is only a host.
func Split(address string) (host, path string) {
	_, rest, _ := strings.Cut(address, rawHost(address))
	return HostOf(address), strings.Trim(rest, "/")
}

// dockerHub is the name of Docker Hub in references. Its API and its logins use other names.
const dockerHub = "docker.io"

// HostOf removes scheme and path from an address. All names of Docker Hub become one.
func HostOf(address string) string {
	host := rawHost(address)
	if host == "index.docker.io" || host == "registry-1.docker.io" {
		return dockerHub
	}
	return host
}

func rawHost(address string) string {
	if _, rest, ok := strings.Cut(address, "://"); ok {
		address = rest
	}
	host, _, _ := strings.Cut(address, "/")
	return host
}

// Of is the registry that an image is pulled from: Docker Hub if its reference names no host.
func Of(image string) string {
	host := HostOf(image)
	if !strings.Contains(image, "/") || !strings.ContainsAny(host, ".:") && host != "localhost" {
		return dockerHub
	}
	return host
}
