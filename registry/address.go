package registry

import "strings"

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
