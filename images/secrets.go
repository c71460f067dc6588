package images

import (
	"context"
	"fmt"
	"strings"

	"dagger/pipeline/ci"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/tell"
)

// netrcVariable is not a variable but the text of a netrc file: logins by host
// that pip, Poetry, uv and git read.
const netrcVariable = "NETRC"

const netrcFile = "/root/.netrc"

// Secrets are variables for some commands, and for no others.
type Secrets map[string]*dagger.Secret

// ReadSecrets reads NAME=value lines from a flag; quotes around a value are not part
// of it. Each value is a separate secret, so that it is masked wherever a command
// prints it.
func ReadSecrets(ctx context.Context, flag string, file *dagger.Secret) (Secrets, error) {
	if file == nil {
		return nil, nil
	}
	text, err := file.Plaintext(ctx)
	if err != nil {
		return nil, tell.Errorf("reading %s: %w", flag, err)
	}
	if strings.TrimSpace(text) == "" {
		return nil, fmt.Errorf("reading %s: it is given and empty: set the variable that it is taken from in this job too, or leave the flag out", flag)
	}
	variables, err := ci.ParseDotenv(text)
	if err != nil {
		return nil, tell.Errorf("reading %s: %w", flag, err)
	}
	out := Secrets{}
	for name, value := range variables {
		value = unquoted(value)
		if strings.TrimSpace(value) == "" {
			return nil, fmt.Errorf("reading %s: %s is empty: give it a value, or leave it out", flag, name)
		}
		out[name] = dag.SetSecret(strings.TrimPrefix(flag, "--")+"-"+name, value)
	}
	return out, nil
}

// unquoted is a value without the quotes around it, as what reads .env files takes it.
func unquoted(value string) string {
	for _, quote := range []string{`"`, "'"} {
		inner, opens := strings.CutPrefix(value, quote)
		if inner, closes := strings.CutSuffix(inner, quote); opens && closes && !strings.Contains(inner, quote) {
			return inner
		}
	}
	return value
}

func (s Secrets) With(c *dagger.Container) *dagger.Container {
	for _, name := range sortedKeys(s) {
		if name == netrcVariable {
			c = c.WithMountedSecret(netrcFile, s[name])
			continue
		}
		c = c.WithSecretVariable(name, s[name])
	}
	return c
}

func (s Secrets) Without(c *dagger.Container) *dagger.Container {
	for _, name := range sortedKeys(s) {
		if name == netrcVariable {
			c = c.WithoutMount(netrcFile)
			continue
		}
		c = c.WithoutSecretVariable(name)
	}
	return c
}

// Values are the values of some names, "" for an unknown name.
func (s Secrets) Values(ctx context.Context, names ...string) ([]string, error) {
	out := make([]string, len(names))
	for i, name := range names {
		if s[name] == nil {
			continue
		}
		value, err := s[name].Plaintext(ctx)
		if err != nil {
			return nil, tell.Errorf("reading %s: %w", name, err)
		}
		out[i] = value
	}
	return out, nil
}
