package state

import (
	"context"
	"fmt"
	"net/http"

	"dagger/pipeline/aws"
)

// OwnerKey is the key of the record of a state's owner.
func OwnerKey(key string) string { return key + ".owner" }

// RemoveOwner removes the record of a state's owner.
func (b Bucket) RemoveOwner(ctx context.Context, key string) error {
	ctx, cancel := context.WithTimeout(ctx, aws.CallLimit)
	defer cancel()
	if _, err := b.do(ctx, call{method: http.MethodDelete, key: OwnerKey(key)}); err != nil && !aws.HasCode(err, "NoSuchKey") {
		return b.explain(ctx, fmt.Sprintf("removing the owner of the state %q", key), err, mayWrite)
	}
	return nil
}
