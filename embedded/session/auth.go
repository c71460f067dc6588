package session

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/docker/cli/cli/config"
	dockertypes "github.com/docker/cli/cli/config/types"
	bksession "github.com/moby/buildkit/session"
	"github.com/moby/buildkit/session/auth/authprovider"
)

// registryAuth answers BuildKit's requests for registry logins: those given by
// withRegistryAuth first, then those of the user's Docker configuration.
type registryAuth struct {
	mu     sync.Mutex
	byHost map[string]dockertypes.AuthConfig
	docker authprovider.AuthConfigProvider
}

func newRegistryAuth() *registryAuth {
	return &registryAuth{byHost: map[string]dockertypes.AuthConfig{}}
}

func (r *registryAuth) set(address, username, password string) {
	h := registryHost(address)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.byHost[h] = dockertypes.AuthConfig{ServerAddress: h, Username: username, Password: password}
}

// registryHost is the host (and port) of an image address or registry URL.
func registryHost(address string) string {
	_, rest, ok := strings.Cut(address, "://")
	if !ok {
		rest = address
	}
	h, _, _ := strings.Cut(rest, "/")
	switch {
	case h == "index.docker.io", h == "registry-1.docker.io":
		return "docker.io"
	case !strings.ContainsAny(h, ".:") && h != "localhost":
		return "docker.io"
	}
	return h
}

func (r *registryAuth) provider() bksession.Attachable {
	return authprovider.NewDockerAuthProvider(authprovider.DockerAuthProviderConfig{AuthConfigProvider: r.lookup})
}

func (r *registryAuth) lookup(ctx context.Context, host string, scopes []string, check authprovider.ExpireCachedAuthCheck) (dockertypes.AuthConfig, error) {
	r.mu.Lock()
	c, ok := r.byHost[registryHost(host)]
	if !ok && r.docker == nil {
		r.docker = authprovider.LoadAuthConfig(config.LoadDefaultConfigFile(io.Discard))
	}
	docker := r.docker
	r.mu.Unlock()
	if ok {
		return c, nil
	}
	return docker(ctx, host, scopes, check)
}

// refused says why a registry refused the session, and what to do: which login was
// used depends on who gave one.
func (r *registryAuth) refused(address string) string {
	h := registryHost(address)
	r.mu.Lock()
	_, given := r.byHost[h]
	r.mu.Unlock()
	if given {
		return "the registry refused the login: check the registry's user name and password"
	}
	key := h
	if h == "docker.io" {
		key = "https://index.docker.io/v1/"
	}
	c, err := config.LoadDefaultConfigFile(io.Discard).GetAuthConfig(key)
	if err == nil && (c.Username != "" || c.IdentityToken != "" || c.RegistryToken != "") {
		return fmt.Sprintf("the registry refused the login for %q in the machine's docker configuration, or has no such image: check the name, or log in again with `docker login %s`", h, h)
	}
	return fmt.Sprintf("the registry asks for a login for %q, or has no such image: check the name, or log in with `docker login %s` before the call: the machine's docker configuration is read (DOCKER_CONFIG)", h, h)
}
