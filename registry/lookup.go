package registry

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"oras.land/oras-go/v2/registry/remote/auth"

	"dagger/pipeline/fault"
	"dagger/pipeline/secret"
)

// State is the outcome of looking up a tag.
type State string

// The states. All but Found mean that the image has to be built.
const (
	Found         State = "found"
	Missing       State = "not found"
	OtherPlatform State = "another platform" // the tag is there, but not for the platform asked for
	Refused       State = "refused"          // the registry answers, and does not let us see
	Unreachable   State = "no answer"        // within the limit
)

// Lookup is a registry's answer about a tag. It is never an error: a missing image is built.
type Lookup struct {
	Reference string // host/repository:tag
	State     State
	Digest    string // "sha256:..." when the tag is there
	Reason    string // why it is not Found, on one line
	// Labels are the image's labels. They are read if a platform is given and the image is not an index.
	Labels map[string]string
}

// Line says in one line what was found and what follows.
func (l Lookup) Line() string {
	if l.State == Found {
		return fmt.Sprintf("%s: found, using %s", l.Reference, l.Digest)
	}
	return l.Outcome() + ", building"
}

// Outcome describes a look-up that found nothing to use.
func (l Lookup) Outcome() string {
	if l.Reason == "" {
		return fmt.Sprintf("%s: %s", l.Reference, l.State)
	}
	return fmt.Sprintf("%s: %s (%s)", l.Reference, l.State, l.Reason)
}

// Pinned is the reference by digest.
func (l Lookup) Pinned() string {
	name, _, _ := cutTag(l.Reference)
	return name + "@" + l.Digest
}

// DefaultLimit is how long a registry may take to answer a look-up, over all its requests.
const DefaultLimit = 5 * time.Second

// Client looks up tags in any OCI registry. The zero Login asks anonymously.
type Client struct {
	Login     Login             // Host is used as it is: "host", "host:port" or "http://host:port"; plain HTTP is the default on loopback only
	Limit     time.Duration     // default DefaultLimit
	transport http.RoundTripper // nil for the default one
}

// limit is how long one request to the registry may take.
func (r Client) limit() time.Duration {
	if r.Limit <= 0 {
		return DefaultLimit
	}
	return r.Limit
}

// Lookup looks up repository:tag with one HEAD request. If it exists and platform ("linux/amd64") is not empty, it
// also reads manifest and config to check that the image is for that platform.
func (r Client) Lookup(ctx context.Context, repository, tag, platform string) Lookup {
	limit := r.limit()
	out := Lookup{Reference: fmt.Sprintf("%s/%s:%s", HostOf(r.Login.Host), repository, tag)}
	if err := checkReference(repository, tag); err != nil {
		out.State, out.Reason = Refused, err.Error()
		return out
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	c := newRepo(r, repository, auth.ActionPull)
	digest, err := c.head(ctx, tag)
	if err == nil && platform != "" {
		out.Labels, err = c.checkPlatform(ctx, digest, platform)
	}
	out.Digest = digest
	switch {
	case err == nil:
		out.State = Found
	case errors.Is(err, errMissing):
		out.State = Missing
	case errors.Is(err, errPlatform):
		out.State, out.Reason = OtherPlatform, secret.Scrub(fault.Excerpt(err.Error()), r.Login.Password, r.Login.Raw)
	case errors.Is(err, fault.ErrDenied):
		out.State, out.Reason = Refused, secret.Scrub(fault.Excerpt(err.Error()), r.Login.Password, r.Login.Raw)
	default:
		out.State, out.Reason = Unreachable, secret.Scrub(fault.Excerpt(reason(ctx, err, limit)), r.Login.Password, r.Login.Raw)
	}
	return out
}

// reason says why there was no usable answer.
func reason(ctx context.Context, err error, limit time.Duration) string {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return "nothing within " + limit.String()
	}
	var known *fault.Error
	if errors.As(err, &known) {
		return known.What
	}
	return fault.ByNetwork(err).What
}

// checkReference refuses a repository or tag outside of the distribution spec's grammar.
func checkReference(repository, tag string) error {
	if !pathForm.MatchString(repository) {
		return fault.Setting(fmt.Sprintf("checking repository %q", repository), "not a repository's path", "use lower-case letters, digits, separators and slashes")
	}
	if !tagForm.MatchString(tag) {
		return fault.Setting(fmt.Sprintf("checking tag %q", tag), "not a tag", "use up to 128 letters, digits and _.-")
	}
	return nil
}

// cutTag splits a reference into name and tag.
func cutTag(reference string) (name, tag string, ok bool) {
	i := strings.LastIndex(reference, ":")
	if i < 0 || strings.Contains(reference[i:], "/") {
		return reference, "", false
	}
	return reference[:i], reference[i+1:], true
}
