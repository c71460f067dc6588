package aws

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// authenticate does what a registry's challenge asks for: basic authentication, or a token from the server that it
// names (distribution spec, "Token Authentication").
func (c *registryClient) authenticate(ctx context.Context, h http.Header) error {
	denied := func(what string) error {
		return &Error{Op: "logging in to the registry", What: what, Fix: "check user and password", Kind: ErrDenied}
	}
	if c.auth != "" {
		return denied("user and password are not accepted")
	}
	for _, challenge := range h.Values("WWW-Authenticate") {
		scheme, rest, _ := strings.Cut(challenge, " ")
		switch strings.ToLower(scheme) {
		case "basic":
			if c.login.Raw.IsZero() {
				return denied("it wants a user and a password")
			}
			c.auth = "Basic " + c.login.Raw.Reveal()
			return nil
		case "bearer":
			token, err := c.token(ctx, parseChallenge(rest))
			if err != nil {
				return err
			}
			c.auth = "Bearer " + token
			return nil
		}
	}
	return denied("it does not say how")
}

// token trades user and password, if any, for a token of the client's scope.
func (c *registryClient) token(ctx context.Context, challenge map[string]string) (string, error) {
	fail := func(what string, kind error) error {
		return &Error{Op: "logging in to the registry", What: what, Fix: "check user, password and their rights", Kind: kind}
	}
	realm, err := url.Parse(challenge["realm"])
	if err != nil || realm.Host == "" {
		return "", fail(fmt.Sprintf("its token server %q is not a URL", challenge["realm"]), ErrServer)
	}
	if realm.Scheme != "https" && c.base.Scheme == "https" {
		return "", fail(fmt.Sprintf("its token server %q is not https", realm.Host), ErrDenied)
	}
	query := realm.Query()
	query.Set("service", challenge["service"])
	query.Set("scope", "repository:"+c.repository+":"+c.scope)
	realm.RawQuery = query.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, realm.String(), nil)
	if err != nil {
		return "", fail("its token server is not a URL", ErrServer)
	}
	if !c.login.Raw.IsZero() {
		req.Header.Set("Authorization", "Basic "+c.login.Raw.Reveal())
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		kind := ErrServer
		if resp.StatusCode/100 == 4 && resp.StatusCode != http.StatusTooManyRequests {
			kind = ErrDenied
		}
		return "", fail("the token server answered "+resp.Status, kind)
	}
	var answer struct {
		Token       string `json:"token"`
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, largest)).Decode(&answer); err != nil {
		return "", fail("the token server's answer can not be read", ErrServer)
	}
	if answer.Token == "" {
		answer.Token = answer.AccessToken
	}
	if answer.Token == "" {
		return "", fail("the token server gave no token", ErrServer)
	}
	return answer.Token, nil
}

// parseChallenge reads the parameters of a challenge, key="value" separated by commas. A value may hold commas.
func parseChallenge(s string) map[string]string {
	out := map[string]string{}
	for s != "" {
		key, rest, ok := strings.Cut(strings.TrimLeft(s, ", "), "=")
		if !ok {
			break
		}
		value := ""
		if quoted, found := strings.CutPrefix(rest, `"`); found {
			value, s, _ = strings.Cut(quoted, `"`)
		} else {
			value, s, _ = strings.Cut(rest, ",")
		}
		out[strings.ToLower(strings.TrimSpace(key))] = value
	}
	return out
}
