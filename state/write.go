package state

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"time"

	"dagger/pipeline/aws"
)

const mayWrite = "allow s3:GetObject, s3:PutObject and s3:DeleteObject on the key"

// Hold takes the lock of a state, as terraform does, in the name of who.
// release releases it, even if ctx has ended.
func (b Bucket) Hold(ctx context.Context, key, operation, who string) (release func() error, err error) {
	timed, cancel := context.WithTimeout(ctx, aws.CallLimit)
	defer cancel()
	l := Lock{ID: rand.Text(), Operation: operation, Who: who, Path: b.Name + "/" + key, Created: time.Now().UTC()}
	locked, err := b.lock(timed, key, l)
	if err != nil {
		return nil, b.explain(timed, fmt.Sprintf("locking the state %q", key), err, mayWrite)
	}
	if !locked {
		held, err := b.ReadLock(ctx, key)
		if err != nil || held == nil {
			return nil, fmt.Errorf("locking the state s3://%s/%s: another run holds it: wait until it has ended", b.Name, key)
		}
		return nil, fmt.Errorf("locking the state s3://%s/%s: %s holds it (%s): wait until that run has ended, or release its lock", b.Name, key, held.Who, held.Operation)
	}
	return func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), aws.CallLimit)
		defer cancel()
		if _, err := b.do(ctx, call{method: http.MethodDelete, key: key + ".tflock"}); err != nil {
			return b.explain(ctx, fmt.Sprintf("releasing the lock of %q", key), err, mayWrite)
		}
		return nil
	}, nil
}

// Write writes the object of a state; first is for one that does not exist
// yet, and fails if it does.
func (b Bucket) Write(ctx context.Context, key string, body []byte, first bool) error {
	ctx, cancel := context.WithTimeout(ctx, aws.CallLimit)
	defer cancel()
	_, err := b.do(ctx, call{method: http.MethodPut, key: key, body: body, absent: first})
	if aws.HasCode(err, "PreconditionFailed") {
		return fmt.Errorf("writing the state s3://%s/%s: there is one already", b.Name, key)
	}
	if err != nil {
		return b.explain(ctx, fmt.Sprintf("writing the state %q", key), err, mayWrite)
	}
	return nil
}
