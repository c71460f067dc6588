package aws

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// RemoveEmptyState removes the object of a state in which no resource is left, and tells whether it did. Meanwhile it
// holds the state's lock, as terraform does, in the name of who: a run that has begun since the destruction keeps its
// state. So does one whose state cannot be read, because it is encrypted.
func (s *Session) RemoveEmptyState(ctx context.Context, bucketName, key, who string) (removed bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	b := s.bucket(bucketName)
	op := fmt.Sprintf("removing the empty state %q", key)
	const denied = "allow s3:GetObject, s3:PutObject and s3:DeleteObject on the key"
	lock := Lock{ID: rand.Text(), Operation: "removing the empty state", Who: who, Path: bucketName + "/" + key, Created: time.Now().UTC()}
	locked, err := b.lock(ctx, key, lock)
	if err != nil {
		return false, b.explain(ctx, op, err, denied)
	}
	if !locked {
		return false, nil
	}
	defer func() {
		// Also where the time is up: a lock that stays keeps everybody out.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), callLimit)
		defer cancel()
		if _, unlockErr := b.do(ctx, call{method: http.MethodDelete, key: key + ".tflock"}); unlockErr != nil {
			err = errors.Join(err, b.explain(ctx, fmt.Sprintf("releasing the lock of %q", key), unlockErr, denied))
		}
	}()
	body, err := b.get(ctx, key, "")
	if hasCode(err, "NoSuchKey") {
		return false, nil
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
	return true, nil
}

// lock takes the lock of a state, as terraform's S3 backend does; false when somebody else holds it.
func (b bucket) lock(ctx context.Context, key string, l Lock) (bool, error) {
	body, err := json.Marshal(l)
	if err != nil {
		return false, err
	}
	_, err = b.do(ctx, call{method: http.MethodPut, key: key + ".tflock", body: body, absent: true})
	if !hasCode(err, "PreconditionFailed") && !hasCode(err, "ConditionalRequestConflict") {
		return err == nil, err
	}
	// It may be our own, where the answer to the first try was lost.
	held, err := b.session.ReadLock(ctx, b.name, key)
	return held != nil && held.ID == l.ID, err
}

// empty tells whether a state is known to have no resource.
func empty(state []byte) bool {
	var s struct {
		Resources *[]json.RawMessage `json:"resources"`
	}
	return json.Unmarshal(state, &s) == nil && s.Resources != nil && len(*s.Resources) == 0
}
