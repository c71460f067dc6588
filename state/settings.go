package state

import (
	"context"
	"encoding/xml"

	"dagger/pipeline/aws"
)

// Versioning is the bucket's versioning state: "Enabled", "Suspended", or empty if it was never enabled.
func (b Bucket) Versioning(ctx context.Context) (string, error) {
	const doing = "reading the versioning"
	body, err := b.get(ctx, "", "versioning")
	if err != nil {
		return "", b.explain(ctx, doing, err, "allow s3:GetBucketVersioning and s3:ListBucket on it")
	}
	var answer struct{ Status string }
	if err := xml.Unmarshal(body, &answer); err != nil {
		return "", b.explain(ctx, doing, err, "")
	}
	return answer.Status, nil
}

// PublicAccess is how far a bucket blocks public access itself.
type PublicAccess string

// The ways.
const (
	Open    PublicAccess = "open"   // not at all
	Partly  PublicAccess = "partly" // some of its four settings are off
	Blocked PublicAccess = "blocked"
)

// PublicAccess reads the bucket's public access block.
func (b Bucket) PublicAccess(ctx context.Context) (PublicAccess, error) {
	const doing = "reading the public access block"
	body, err := b.get(ctx, "", "publicAccessBlock")
	if aws.HasCode(err, "NoSuchPublicAccessBlockConfiguration") {
		return Open, nil
	}
	if err != nil {
		return "", b.explain(ctx, doing, err, "allow s3:GetBucketPublicAccessBlock on it")
	}
	var answer struct {
		BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets bool
	}
	if err := xml.Unmarshal(body, &answer); err != nil {
		return "", b.explain(ctx, doing, err, "")
	}
	if !answer.BlockPublicAcls || !answer.IgnorePublicAcls || !answer.BlockPublicPolicy || !answer.RestrictPublicBuckets {
		return Partly, nil
	}
	return Blocked, nil
}
