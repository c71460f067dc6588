package images

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"dagger/pipeline/ci"
	"dagger/pipeline/internal/dagger"
)

// netrcVariable is not a variable but the text of a netrc file: logins by host
// that pip, Poetry, uv and git read.
const netrcVariable = "NETRC"

const netrcFile = "/root/.netrc"

// secrets are variables for the commands that install, and for no other.
type secrets map[string]*dagger.Secret

// readSecrets reads NAME=value lines. Each value is a secret of its own, so that
// it is masked wherever a command prints it.
func readSecrets(ctx context.Context, file *dagger.Secret) (secrets, error) {
	if file == nil {
		return nil, nil
	}
	text, err := file.Plaintext(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading --install-secrets: %w", err)
	}
	if strings.TrimSpace(text) == "" {
		return nil, errors.New("reading --install-secrets: it is given and empty: set the variable that it is taken from in this job too, or leave the flag out")
	}
	variables, err := ci.ParseDotenv(text)
	if err != nil {
		return nil, fmt.Errorf("reading --install-secrets: %w", err)
	}
	out := secrets{}
	for name, value := range variables {
		if strings.TrimSpace(value) == "" {
			return nil, fmt.Errorf("reading --install-secrets: %s is empty: give it a value, or leave it out", name)
		}
		out[name] = dag.SetSecret("install-"+name, value)
	}
	return out, nil
}

func (s secrets) with(c *dagger.Container) *dagger.Container {
	for _, name := range sortedKeys(s) {
		if name == netrcVariable {
			c = c.WithMountedSecret(netrcFile, s[name])
			continue
		}
		c = c.WithSecretVariable(name, s[name])
	}
	return c
}

func (s secrets) without(c *dagger.Container) *dagger.Container {
	for _, name := range sortedKeys(s) {
		if name == netrcVariable {
			c = c.WithoutMount(netrcFile)
			continue
		}
		c = c.WithoutSecretVariable(name)
	}
	return c
}
