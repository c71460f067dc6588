package images

import (
	"context"
	"fmt"
	"strings"

	"dagger/pipeline/codeartifact"
	"dagger/pipeline/secret"
	"dagger/pipeline/tell"
)

// IndexTokens returns a token for the package indexes of AWS CodeArtifact, or an
// empty one if the caller gave no AWS credentials.
type IndexTokens func(ctx context.Context, domain codeartifact.Domain) (secret.Value, error)

// tokenVariable is the name that AWS's own examples use.
const tokenVariable = "CODEARTIFACT_AUTH_TOKEN"

// logins are the caller's secrets for what installs, with a login for each index
// of AWS CodeArtifact that the installer's files name and the caller has none for.
func (a App) logins(ctx context.Context, files map[string]string) (Secrets, error) {
	given, err := ReadSecrets(ctx, "--install-secrets", a.Secrets)
	if err != nil || a.Tokens == nil {
		return given, err
	}
	var all strings.Builder
	for _, file := range sortedKeys(files) {
		all.WriteString(files[file] + "\n")
	}
	domains := codeartifact.Domains(all.String())
	if len(domains) == 0 {
		return given, nil
	}
	out := Secrets{}
	for name, value := range given {
		out[name] = value
	}
	texts, err := given.Values(ctx, netrcVariable)
	if err != nil {
		return nil, err
	}
	netrc := texts[0]
	for _, domain := range domains {
		if strings.Contains(netrc, domain.Host) {
			continue
		}
		token, err := a.Tokens(ctx, domain)
		if err != nil {
			return nil, err
		}
		if token.IsZero() {
			tell.Line(fmt.Sprintf("the package index %q of AWS CodeArtifact: no AWS credentials are given, so there is no login for it", domain.Host))
			continue
		}
		// A secret of its own is masked wherever it is printed.
		out[tokenVariable] = dag.SetSecret("index-token-"+domain.Host, token.Reveal())
		netrc += "\nmachine " + domain.Host + " login aws password " + token.Reveal() + "\n"
	}
	if netrc != "" {
		out[netrcVariable] = dag.SetSecret("index-logins", netrc)
	}
	return out, nil
}
