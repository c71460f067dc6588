package aws

import (
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
)

// Grammar of names, tags and digests (distribution spec, "Pulling manifests").
var (
	pathForm   = regexp.MustCompile(`^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$`)
	tagForm    = regexp.MustCompile(`^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$`)
	digestForm = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)
)

// manifestTypes are what a look-up accepts: images and indexes, in OCI's and in Docker's form.
const manifestTypes = "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json, " +
	"application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json"

// largest is the most bytes of a manifest or config that are read.
const largest = 4 << 20

var errMissing = errors.New("no such tag")

// registryClient asks one repository of a registry. It is small on purpose: the one library for this brings a 39 MB
// download into a module that needs three requests.
type registryClient struct {
	base       *url.URL
	repository string
	login      Login
	http       *http.Client
	scope      string // what a token is asked for: "pull" or "pull,push"
	auth       string // header, once the registry has said what it wants
}

func newRegistryClient(r Registry, repository string) *registryClient {
	scheme, host := "https", hostOf(r.Login.Host)
	if s, _, ok := strings.Cut(r.Login.Host, "://"); ok {
		scheme = s
	} else if isLoopback(host) {
		scheme = "http"
	}
	client := r.http
	if client == nil {
		client = &http.Client{Transport: http.DefaultTransport}
	}
	return &registryClient{base: &url.URL{Scheme: scheme, Host: host}, repository: repository, login: r.Login, http: client, scope: "pull"}
}

func isLoopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// head returns the digest of a tag. A registry that leaves it out of the answer is asked for the manifest.
func (c *registryClient) head(ctx context.Context, tag string) (string, error) {
	resp, err := c.do(ctx, http.MethodHead, "manifests/"+tag)
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

// get reads a manifest or blob whole.
func (c *registryClient) get(ctx context.Context, path string) ([]byte, error) {
	resp, err := c.do(ctx, http.MethodGet, path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, largest+1))
	if err != nil {
		return nil, err
	}
	if len(body) > largest {
		return nil, &Error{Op: "reading " + path, What: fmt.Sprintf("more than %d bytes", largest), Kind: ErrServer}
	}
	return body, nil
}

// byDigest reads content and checks that it is what its digest says.
func (c *registryClient) byDigest(ctx context.Context, kind, digest string) ([]byte, error) {
	if !digestForm.MatchString(digest) {
		return nil, &Error{Op: "reading an image", What: fmt.Sprintf("digest %q is not sha256", digest), Kind: ErrServer}
	}
	body, err := c.get(ctx, kind+"/"+digest)
	if err != nil {
		return nil, err
	}
	if got := digestOf(body); got != digest {
		return nil, &Error{Op: "reading an image", What: fmt.Sprintf("the content of %s has digest %s", digest, got), Kind: ErrServer}
	}
	return body, nil
}

func digestOf(body []byte) string {
	sum := sha256.Sum256(body)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// do sends a request, logs in when the registry asks for it, and tries once more after a fault that may pass. The
// context bounds it all.
func (c *registryClient) do(ctx context.Context, method, path string) (*http.Response, error) {
	const tries = 3
	for try := 1; ; try++ {
		resp, err := c.once(ctx, method, path)
		switch {
		case err != nil && (try == tries || ctx.Err() != nil):
			return nil, err
		case err != nil:
			continue
		case resp.StatusCode/100 == 2:
			return resp, nil
		}
		_ = resp.Body.Close()
		passing := resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= 500
		switch {
		case passing && try < tries:
			continue
		case resp.StatusCode == http.StatusUnauthorized && try < tries:
			if err := c.authenticate(ctx, resp.Header); err != nil {
				return nil, err
			}
			continue
		case resp.StatusCode == http.StatusNotFound:
			return nil, errMissing
		case resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden:
			return nil, &Error{Op: "asking the registry", What: resp.Status, Fix: "check user, password and their rights", Kind: ErrDenied}
		}
		return nil, &Error{Op: "asking the registry", What: "status " + resp.Status, Kind: ErrServer}
	}
}

func (c *registryClient) once(ctx context.Context, method, path string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base.JoinPath("v2", c.repository, path).String(), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", manifestTypes)
	if c.auth != "" {
		req.Header.Set("Authorization", c.auth)
	}
	return c.http.Do(req)
}
