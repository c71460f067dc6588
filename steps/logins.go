package steps

import (
	"context"

	"dagger/pipeline/codeartifact"
	"dagger/pipeline/images"
	"dagger/pipeline/secret"
)

// indexToken is a login for the package indexes of AWS CodeArtifact, by the run's
// credentials.
func (r *Run) indexToken(ctx context.Context, domain codeartifact.Domain) (secret.Value, error) {
	store, err := r.registryPlace(ctx)
	if err != nil || !store.AWS.Given() {
		return secret.Value{}, err
	}
	session, err := store.AWS.Session(ctx)
	if err != nil {
		return secret.Value{}, err
	}
	return codeartifact.Token(ctx, session, domain)
}

// ssh is what git needs to fetch packages and modules over SSH.
func (r *Run) ssh(ctx context.Context) (images.SSH, error) {
	settings, err := r.settingsIn(ctx, r.Source)
	if err != nil {
		return images.SSH{}, err
	}
	return images.NewSSH(ctx, r.SshAgent, r.Source, r.Settings.Project, settings.KnownHosts)
}
