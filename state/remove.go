package state

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"dagger/pipeline/aws"
)

// RemoveEmpty removes the object of a state in which no resource is left, with its owner's, and tells whether it did. Meanwhile it
// holds the state's lock, as terraform does, in the name of who: a run that has begun since the destruction keeps its
// state. So does one whose state cannot be read, because it is encrypted.
func (b Bucket) RemoveEmpty(ctx context.Context, key, who string) (removed bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, aws.CallLimit)
	defer cancel()
	op := fmt.Sprintf("removing the empty state %q", key)
	const denied = "allow s3:GetObject, s3:PutObject and s3:DeleteObject on the key"
	lock := Lock{ID: rand.Text(), Operation: "removing the empty state", Who: who, Path: b.Name + "/" + key, Created: time.Now().UTC()}
	locked, err := b.lock(ctx, key, lock)
	if err != nil {
		return false, b.explain(ctx, op, err, denied)
	}
	if !locked {
		return false, nil
	}
	defer func() {
		// Also where the time is up: a lock that stays keeps everybody out.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), aws.CallLimit)
		defer cancel()
		if _, unlockErr := b.do(ctx, call{method: http.MethodDelete, key: key + ".tflock"}); unlockErr != nil {
			err = errors.Join(err, b.explain(ctx, fmt.Sprintf("releasing the lock of %q", key), unlockErr, denied))
		}
	}()
	body, err := b.get(ctx, key, "")
	if aws.HasCode(err, "NoSuchKey") {
		return false, b.RemoveOwner(ctx, key)
	}
	if err != nil {
		return false, b.explain(ctx, op, err, denied)
	}
	if !empty(body) {
		return false, nil
	}
	if _, err := b.do(ctx, call{method: http.MethodDelete, key: key}); err != nil {
		return false, b.explain(ctx, op, err, denied)
	}
	return true, b.RemoveOwner(ctx, key)
}

// empty tells whether a state is known to have no resource.
func empty(state []byte) bool {
	var s struct {
		Resources *[]json.RawMessage `json:"resources"`
	}
	return json.Unmarshal(state, &s) == nil && s.Resources != nil && len(*s.Resources) == 0
}
