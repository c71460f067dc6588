package steps

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"dagger/pipeline/aws"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/tell"
)

// Where terraform's container finds what its SDK reads by itself.
const (
	awsConfigFile = "/run/secrets/aws/config"
	awsTokenFile  = "/run/secrets/aws/token"
	awsKeysFile   = "/run/secrets/aws/credentials"
)

// Credentials are what a container gets to use AWS. The values are secrets:
// in no layer, no log and no cache key.
type Credentials struct {
	env     map[string]string
	secrets map[string]*dagger.Secret
	files   map[string]*dagger.Secret
}

// Credentials checks the account and returns what the container needs. Keys alone
// are passed on as they are; incomplete ones are an error, because the container's
// SDK would look for others on the machine. For anything that expires, the container
// gets the source itself, so that terraform can renew its session during an apply
// that takes longer.
func (a AWS) Credentials(ctx context.Context) (Credentials, error) {
	config, err := a.Config(ctx)
	if err == nil {
		err = config.Check()
	}
	if err != nil {
		return Credentials{}, err
	}
	if !a.minted() && a.Accounts == nil {
		tell.Once("aws: the keys of --aws-access-key-id, of whatever account: --allowed-accounts would have it checked")
		return a.keys(config)
	}
	if _, err := a.Session(ctx); err != nil {
		return Credentials{}, err
	}
	if !a.minted() {
		return a.keys(config)
	}
	profile, err := config.TerraformProfile(awsConfigFile, awsTokenFile)
	if err != nil {
		return Credentials{}, err
	}
	out := Credentials{
		env:     profile.Env,
		secrets: map[string]*dagger.Secret{},
		files:   map[string]*dagger.Secret{awsConfigFile: dag.SetSecret("aws-config", profile.Config.Reveal())},
	}
	for name, value := range profile.Secrets {
		out.secrets[name] = dag.SetSecret(name, value.Reveal())
	}
	if !config.WebIdentityToken.IsZero() {
		out.files[awsTokenFile] = dag.SetSecret("aws-web-identity-token", config.WebIdentityToken.Reveal())
	}
	return out, nil
}

// keys are the ones given, as variables, and in a file for a provider with the profile "default".
func (a AWS) keys(config aws.Config) (Credentials, error) {
	file, err := config.DefaultKeys()
	if err != nil {
		return Credentials{}, err
	}
	out := Credentials{
		env:     aws.NoInstanceRole(),
		secrets: map[string]*dagger.Secret{},
		files:   map[string]*dagger.Secret{awsKeysFile: dag.SetSecret("aws-credentials", file.Reveal())},
	}
	out.env["AWS_SHARED_CREDENTIALS_FILE"] = awsKeysFile
	for name, secret := range map[string]*dagger.Secret{
		"AWS_ACCESS_KEY_ID":     a.AccessKeyID,
		"AWS_SECRET_ACCESS_KEY": a.SecretAccessKey,
		"AWS_SESSION_TOKEN":     a.SessionToken,
	} {
		if secret != nil {
			out.secrets[name] = secret
		}
	}
	return out, nil
}

// on attaches them to a container.
func (c Credentials) on(container *dagger.Container) *dagger.Container {
	for _, name := range slices.Sorted(maps.Keys(c.env)) {
		container = container.WithEnvVariable(name, c.env[name])
	}
	for _, name := range slices.Sorted(maps.Keys(c.secrets)) {
		container = container.WithSecretVariable(name, c.secrets[name])
	}
	for _, path := range slices.Sorted(maps.Keys(c.files)) {
		container = container.WithMountedSecret(path, c.files[path])
	}
	return container
}

func badDuration(text string) error {
	return fmt.Errorf("reading the session's duration %q: not a duration: write one such as 1h or 90m", text)
}
