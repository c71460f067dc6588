package registry

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	ociregistry "oras.land/oras-go/v2/registry"
	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/errcode"
	"oras.land/oras-go/v2/registry/remote/retry"

	"dagger/pipeline/fault"
	"dagger/pipeline/patience"
)

// Grammar of names, tags and digests (distribution spec, "Pulling manifests").
var (
	pathForm   = regexp.MustCompile(`^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$`)
	tagForm    = regexp.MustCompile(`^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$`)
	digestForm = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)
)

// manifestTypes are the media types that a look-up accepts: images and indexes, in OCI's and in Docker's form.
const manifestTypes = "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json, " +
	"application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json"

// largest is the maximum size of a manifest or config to read, in bytes.
const largest = 4 << 20

var errMissing = errors.New("no such tag")

// repo sends requests to one repository of a registry. Only login and retries are left to oras: its own requests
// require headers that some registries leave out.
type repo struct {
	base       *url.URL
	repository string
	client     *auth.Client
	actions    []string // what a token is asked for: pull, push
}

func newRepo(r Client, repository string, actions ...string) *repo {
	scheme, host := "https", HostOf(r.Login.Host)
	if s, _, ok := strings.Cut(r.Login.Host, "://"); ok {
		scheme = s
	} else if isLoopback(host) {
		scheme = "http"
	}
	if host == dockerHub && !strings.Contains(repository, "/") {
		repository = "library/" + repository
	}
	c := &repo{
		base:       &url.URL{Scheme: scheme, Host: ociregistry.Reference{Registry: host}.Host()}, // Docker Hub answers elsewhere
		repository: repository,
		actions:    actions,
		client: &auth.Client{
			Client: &http.Client{Transport: &retry.Transport{Base: r.transport, Policy: func() retry.Policy { return patience.Policy{Tries: tries, Limit: r.limit()} }}},
			Cache:  auth.NewCache(),
		},
	}
	if !r.Login.Raw.IsZero() {
		c.client.Credential = auth.StaticCredential(c.base.Host, auth.Credential{Username: r.Login.Username, Password: r.Login.Password.Reveal()})
	}
	return c
}

func isLoopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// head returns the digest of a tag. If the registry leaves it out of the answer, the manifest is requested.
func (c *repo) head(ctx context.Context, tag string) (string, error) {
	resp, err := c.do(ctx, http.MethodHead, "manifests/"+tag, nil)
	if err != nil {
		return "", err
	}
	_ = resp.Body.Close()
	if digest := resp.Header.Get("Docker-Content-Digest"); digestForm.MatchString(digest) {
		return digest, nil
	}
	body, err := c.get(ctx, "manifests/"+tag)
	if err != nil {
		return "", err
	}
	return digestOf(body), nil
}

// get reads a whole manifest or blob.
func (c *repo) get(ctx context.Context, path string) ([]byte, error) {
	resp, err := c.do(ctx, http.MethodGet, path, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, largest+1))
	if err != nil {
		return nil, err
	}
	if len(body) > largest {
		return nil, &fault.Error{Op: "reading " + path, What: fmt.Sprintf("more than %d bytes", largest), Kind: fault.ErrServer}
	}
	return body, nil
}

// byDigest reads content and checks it against its digest.
func (c *repo) byDigest(ctx context.Context, kind, digest string) ([]byte, error) {
	if !digestForm.MatchString(digest) {
		return nil, &fault.Error{Op: "reading an image", What: fmt.Sprintf("digest %q is not sha256", digest), Kind: fault.ErrServer}
	}
	body, err := c.get(ctx, kind+"/"+digest)
	if err != nil {
		return nil, err
	}
	if got := digestOf(body); got != digest {
		return nil, &fault.Error{Op: "reading an image", What: fmt.Sprintf("the content of %s has digest %s", digest, got), Kind: fault.ErrServer}
	}
	return body, nil
}

func digestOf(body []byte) string {
	sum := sha256.Sum256(body)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// do sends a request. An unsuccessful answer is an error.
func (c *repo) do(ctx context.Context, method, path string, body []byte, header ...string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(c.scoped(ctx), method, c.base.JoinPath("v2", c.repository, path).String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", manifestTypes)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := c.client.Do(req)
	if err != nil {
		return nil, loginError(err)
	}
	if resp.StatusCode/100 == 2 {
		return resp, nil
	}
	_ = resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusNotFound:
		return nil, errMissing
	case http.StatusUnauthorized, http.StatusForbidden:
		return nil, &fault.Error{Op: "asking the registry", What: resp.Status, Fix: "check user, password and their rights", Kind: fault.ErrDenied}
	}
	return nil, &fault.Error{Op: "asking the registry", What: "status " + resp.Status, Kind: fault.ErrServer}
}

// scoped requests a token for what the client does, whatever scope the registry's challenge names.
func (c *repo) scoped(ctx context.Context) context.Context {
	return auth.AppendScopesForHost(ctx, c.base.Host, auth.ScopeRepository(c.repository, c.actions...))
}

// loginError distinguishes a refused login from a missing answer.
func loginError(err error) error {
	const op, fix = "logging in to the registry", "check user and password, and their rights"
	var answer *errcode.ErrorResponse
	switch {
	case errors.Is(err, auth.ErrBasicCredentialNotFound):
		return &fault.Error{Op: op, What: "it wants a user and a password", Fix: fix, Kind: fault.ErrDenied}
	case errors.As(err, &answer) && answer.StatusCode/100 == 4 && answer.StatusCode != http.StatusTooManyRequests:
		return &fault.Error{Op: op, What: fmt.Sprintf("the token server answered %d %s", answer.StatusCode, http.StatusText(answer.StatusCode)), Fix: fix, Kind: fault.ErrDenied}
	case errors.As(err, &answer):
		return &fault.Error{Op: op, What: fmt.Sprintf("the token server answered %d %s", answer.StatusCode, http.StatusText(answer.StatusCode)), Fix: fix, Kind: fault.ErrServer}
	}
	return err
}
