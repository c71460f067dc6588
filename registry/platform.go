package registry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"dagger/pipeline/fault"
)

var errPlatform = errors.New("not for this platform")

// platform is an image's platform, in an index or in a config.
type platform struct {
	OS           string `json:"os"`
	Architecture string `json:"architecture"`
	Variant      string `json:"variant"`
}

// String is the usual form, "linux/arm/v7". The variant v8 of arm64 goes without saying.
func (p platform) String() string {
	s := p.OS + "/" + p.Architecture
	if p.Variant == "" || p.Architecture == "arm64" && p.Variant == "v8" {
		return s
	}
	return s + "/" + p.Variant
}

// manifest is an image or an index; only what a look-up needs.
type manifest struct {
	Config    struct{ Digest string }
	Manifests []struct{ Platform platform }
}

// config is an image's configuration; only what a look-up needs.
type config struct {
	platform
	Config struct{ Labels map[string]string }
}

// checkPlatform reads what a digest names and compares: an index must have an entry for the platform, an image's
// config must name it. It returns the labels in that config.
func (c *repo) checkPlatform(ctx context.Context, digest, want string) (labels map[string]string, err error) {
	body, err := c.byDigest(ctx, "manifests", digest)
	if err != nil {
		return nil, err
	}
	var m manifest
	if err := json.Unmarshal(body, &m); err != nil {
		return nil, &fault.Error{Op: "reading an image", What: fmt.Sprintf("manifest %s is not JSON", digest), Kind: fault.ErrServer}
	}
	var have []string
	if m.Config.Digest != "" {
		body, err := c.byDigest(ctx, "blobs", m.Config.Digest)
		if err != nil {
			return nil, err
		}
		var p config
		if err := json.Unmarshal(body, &p); err != nil {
			return nil, &fault.Error{Op: "reading an image", What: fmt.Sprintf("config %s is not JSON", m.Config.Digest), Kind: fault.ErrServer}
		}
		have, labels = append(have, p.String()), p.Config.Labels
	}
	for _, entry := range m.Manifests {
		if entry.Platform.OS != "" && entry.Platform.OS != "unknown" { // attestations have an unknown platform
			have = append(have, entry.Platform.String())
		}
	}
	want = strings.TrimSuffix(want, "/v8")
	for _, p := range have {
		if p == want {
			return labels, nil
		}
	}
	return nil, fmt.Errorf("%w: wanted %q, it is for %q", errPlatform, want, strings.Join(have, ", "))
}
