package lifecycle

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// Policy is an ECR lifecycle policy.
type Policy struct {
	Rules []Rule `json:"rules"`
}

// Rule expires images that its selection matches.
type Rule struct {
	Priority    int       `json:"rulePriority"` // 1 is applied first
	Description string    `json:"description,omitempty"`
	Selection   Selection `json:"selection"`
	Action      Action    `json:"action"`
}

// Selection says which images a rule applies to and how many of them or how old they may get.
type Selection struct {
	TagStatus      string   `json:"tagStatus"` // Tagged, Untagged or Any
	TagPatternList []string `json:"tagPatternList,omitempty"`
	TagPrefixList  []string `json:"tagPrefixList,omitempty"`
	CountType      string   `json:"countType"` // CountMoreThan or SincePushed
	CountUnit      string   `json:"countUnit,omitempty"`
	CountNumber    int      `json:"countNumber"`
}

// Action is what happens to a matched image: "expire".
type Action struct {
	Type string `json:"type"`
}

// The keywords of a policy.
const (
	Tagged        = "tagged"
	Untagged      = "untagged"
	Any           = "any"
	CountMoreThan = "imageCountMoreThan"
	SincePushed   = "sinceImagePushed"
	Days          = "days"
	Expire        = "expire"
)

// Image is one image of a repository.
type Image struct {
	Digest   string
	Tags     []string
	PushedAt time.Time // of the digest: tagging it again does not change it
	// Parents are the digests of the manifest lists that refer to this image.
	Parents []string
}

// JSON is the policy's text.
func (p Policy) JSON() string {
	text, err := json.MarshalIndent(p, "", "  ")
	if err != nil { // strings and numbers only
		panic(fmt.Sprintf("writing a lifecycle policy: %v", err))
	}
	return string(text)
}

// ParsePolicy reads a policy's text. Anything that this package cannot evaluate, such as a transition to the archive, is
// an error, because a policy must not be set based on half an evaluation.
func ParsePolicy(text string) (Policy, error) {
	var p Policy
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return Policy{}, fmt.Errorf("reading a lifecycle policy: %w: only rules that expire by count or age since push are judged here", err)
	}
	return p, nil
}
