package registry

import "strings"

// Split splits where images live, "registry.example.com/group/app", into the registry's host and the path under
// which its repositories are. The path is empty for a host alone.
func Split(address string) (host, path string) {
	_, rest, _ := strings.Cut(address, rawHost(address))
	return HostOf(address), strings.Trim(rest, "/")
}

// dockerHub is the name of Docker Hub in references. Its API and its logins have other ones.
const dockerHub = "docker.io"

// HostOf takes scheme and path off an address. All names of Docker Hub are one.
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

// Of is the registry that an image is pulled from: Docker Hub where its reference names no host.
func Of(image string) string {
	host := HostOf(image)
	if !strings.Contains(image, "/") || !strings.ContainsAny(host, ".:") && host != "localhost" {
		return dockerHub
	}
	return host
}
