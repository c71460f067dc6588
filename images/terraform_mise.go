package images

import (
	"fmt"
	"regexp"

	"github.com/pelletier/go-toml/v2"
)

var minorVersion = regexp.MustCompile(`^[0-9]+\.[0-9]+$`)

// miseVersion is the version of Terraform or OpenTofu in a file of mise, if it names one of
// them. "latest" is none, and a minor version is its last release that is known.
func miseVersion(text string) (Release, error) {
	var doc struct{ Tools map[string]any }
	if toml.Unmarshal([]byte(text), &doc) != nil {
		return Release{}, nil // for mise to say
	}
	version := func(program string) string {
		switch v := doc.Tools[program].(type) {
		case string:
			return v
		case map[string]any:
			text, _ := v["version"].(string)
			return text
		}
		return ""
	}
	r := Release{Version: version("terraform")}
	if tofu := version("opentofu"); tofu != "" {
		if r.Version != "" {
			return Release{}, fmt.Errorf("it names Terraform %s and OpenTofu %s: %s", r.Version, tofu, oneForAll)
		}
		r = Release{Version: tofu, OpenTofu: true}
	}
	if minorVersion.MatchString(r.Version) && !r.OpenTofu {
		if newest := newestMatching("latest:^" + regexp.QuoteMeta(r.Version) + `\.`); exactVersion.MatchString(newest) {
			r.Version = newest
		}
	}
	switch {
	case r.Version == "" || r.Version == "latest":
		return Release{}, nil
	case !exactVersion.MatchString(r.Version):
		return Release{}, fmt.Errorf("%q is not an exact version: give one such as %s there, or with --terraform-version", r.Version, defaultTerraformVersion)
	}
	return r, nil
}
