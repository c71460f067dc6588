package aws

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/service/sts/types"
)

// Facts say on whose behalf a session is opened. They end up in CloudTrail and in session tags.
type Facts struct {
	Project     string // "group/app"
	Pipeline    string // "4711"
	Environment string // "mr-7"
}

// Limits of STS (AssumeRole in its API reference): RoleSessionName is 2 to 64 characters of [\w+=,.@-]; a tag's value
// is at most 256 characters of [\p{L}\p{Z}\p{N}_.:/=+\-@].
const (
	longestName = 64
	longestTag  = 256
)

var notInName = regexp.MustCompile(`[^\w+=,.@-]+`)

// SessionName is the name of a session, "<project>-<environment>-<pipeline>", made valid for STS: other
// characters become a hyphen, and a name that is too long ends in a hash of the whole name.
func SessionName(f Facts) string {
	var parts []string
	for _, p := range []string{f.Project, f.Environment, f.Pipeline} {
		if p = strings.Trim(notInName.ReplaceAllString(p, "-"), "-"); p != "" {
			parts = append(parts, p)
		}
	}
	name := strings.Join(parts, "-")
	switch {
	case len(name) < 2:
		return "pipeline" + strings.TrimSuffix("-"+name, "-")
	case len(name) > longestName:
		sum := sha256.Sum256([]byte(name))
		end := "-" + hex.EncodeToString(sum[:4])
		return name[:longestName-len(end)] + end
	}
	return name
}

// tag is one session tag.
type tag struct{ key, value string }

// tags are the tags of the known facts.
func (f Facts) tags() []tag {
	var out []tag
	for _, t := range []tag{{"Project", f.Project}, {"Pipeline", f.Pipeline}, {"Environment", f.Environment}} {
		if t.value = tagValue(t.value); t.value != "" {
			out = append(out, t)
		}
	}
	return out
}

func sessionTags(f Facts) []types.Tag {
	var out []types.Tag
	for _, t := range f.tags() {
		out = append(out, types.Tag{Key: &t.key, Value: &t.value})
	}
	return out
}

// tagValue replaces characters that a tag may not contain with underscores and cuts at the limit.
func tagValue(s string) string {
	runes := []rune(strings.TrimSpace(s))
	for i, r := range runes {
		if !unicode.In(r, unicode.L, unicode.Z, unicode.N) && !strings.ContainsRune("_.:/=+-@", r) {
			runes[i] = '_'
		}
	}
	if len(runes) > longestTag {
		runes = runes[:longestTag]
	}
	return string(runes)
}
