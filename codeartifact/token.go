// Package codeartifact logs in to the package indexes of AWS CodeArtifact.
package codeartifact

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"dagger/pipeline/aws"
	"dagger/pipeline/fault"
	"dagger/pipeline/secret"
)

// Domain is a domain of AWS CodeArtifact, parsed from the host of its package indexes: DOMAIN-ACCOUNT.d.codeartifact.REGION.SUFFIX.
type Domain struct{ Host, Name, Owner, Region string }

var hostForm = regexp.MustCompile(`\b([a-z][a-z0-9-]{0,48}[a-z0-9])-(\d{12})\.d\.codeartifact\.([a-z0-9-]+)\.((?:[a-z0-9-]+\.)*[a-z]+)\b`)

// Domains are the domains whose hosts appear in text and are AWS's own. A host that only looks like one gets
// no token.
func Domains(text string) []Domain {
	var out []Domain
	seen := map[string]bool{}
	for _, m := range hostForm.FindAllStringSubmatch(text, -1) {
		suffix, err := aws.Domain(m[3])
		if err != nil || suffix != m[4] || seen[m[0]] {
			continue
		}
		seen[m[0]] = true
		out = append(out, Domain{Host: m[0], Name: m[1], Owner: m[2], Region: m[3]})
	}
	return out
}

// readOnly is all that a token's session may do, whatever its role allows: code of the installed packages sees
// the token, and must not publish with it.
const readOnly = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["codeartifact:GetAuthorizationToken","codeartifact:ReadFromRepository","sts:GetServiceBearerToken"],"Resource":"*"}]}`

// tokenLife is how long a token lasts: long enough for an installation, and AWS's minimum.
const tokenLife = 15 * time.Minute

// Token is a password for a domain's package indexes; the user name is aws.
func Token(ctx context.Context, s *aws.Session, d Domain) (secret.Value, error) {
	if s.HasRole() {
		narrowed, err := s.Narrowed(ctx, readOnly)
		if err != nil {
			return secret.Value{}, err
		}
		s = narrowed
	}
	op := fmt.Sprintf("getting a token for the package index %q", d.Host)
	for try := 1; ; try++ {
		token, status, err := ask(ctx, s, d)
		switch {
		case err == nil:
			return token, nil
		case ctx.Err() != nil || try == aws.Attempts || status != 0 && status != http.StatusTooManyRequests && status < 500:
			return secret.Value{}, fault.Setting(op, err.Error(), "the role needs codeartifact:GetAuthorizationToken and sts:GetServiceBearerToken")
		}
		if err := s.Pause(ctx, time.Duration(try)*200*time.Millisecond); err != nil {
			return secret.Value{}, err
		}
	}
}

func ask(ctx context.Context, s *aws.Session, d Domain) (secret.Value, int, error) {
	sdk := s.SDK()
	base := awssdk.ToString(sdk.BaseEndpoint)
	if base == "" {
		host, err := aws.ServiceHost("codeartifact", d.Region)
		if err != nil {
			return secret.Value{}, 0, err
		}
		base = "https://" + host
	}
	query := url.Values{"domain": {d.Name}, "domain-owner": {d.Owner}, "duration": {fmt.Sprint(int(tokenLife.Seconds()))}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(base, "/")+"/v1/authorization-token?"+query.Encode(), nil)
	if err != nil {
		return secret.Value{}, 0, err
	}
	keys, err := sdk.Credentials.Retrieve(ctx)
	if err != nil {
		return secret.Value{}, 0, err
	}
	empty := sha256.Sum256(nil)
	if err := v4.NewSigner().SignHTTP(ctx, keys, req, hex.EncodeToString(empty[:]), "codeartifact", d.Region, time.Now()); err != nil {
		return secret.Value{}, 0, err
	}
	resp, err := sdk.HTTPClient.Do(req)
	if err != nil {
		return secret.Value{}, 0, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return secret.Value{}, 0, err
	}
	var answer struct {
		Token   string `json:"authorizationToken"`
		Message string `json:"message"`
	}
	bad := json.Unmarshal(body, &answer)
	if resp.StatusCode != http.StatusOK {
		return secret.Value{}, resp.StatusCode, fmt.Errorf("AWS answers %s %s", resp.Status, answer.Message)
	}
	if bad != nil || answer.Token == "" {
		return secret.Value{}, 0, errors.New("AWS answers without a token")
	}
	return secret.New(answer.Token), resp.StatusCode, nil
}
