package steps

import (
	"context"
	"fmt"

	"dagger/pipeline/ci"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/tell"
)

// testSecrets reads NAME=value lines. Each value is a secret of its own, so that
// it is masked wherever a test prints it.
func testSecrets(ctx context.Context, lines *dagger.Secret) (map[string]*dagger.Secret, error) {
	if lines == nil {
		return nil, nil
	}
	text, err := plain(ctx, "--test-secrets", lines)
	if err != nil {
		return nil, err
	}
	variables, err := ci.ParseDotenv(text)
	if err != nil {
		return nil, tell.Errorf("reading --test-secrets: %w", err)
	}
	secrets := map[string]*dagger.Secret{}
	for name, value := range variables {
		if value == "" {
			return nil, fmt.Errorf("reading --test-secrets: %s is empty: give it a value, or leave it out", name)
		}
		secrets[name] = dag.SetSecret("test-"+name, value)
	}
	return secrets, nil
}
