package state

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"dagger/pipeline/aws"
	"dagger/pipeline/fault"
)

// Lock is terraform's lock of a state, as the S3 backend writes it to <key>.tflock.
type Lock struct {
	ID, Operation, Info, Who, Version, Path string
	Created                                 time.Time
}

// ParseLock reads a lock object.
func ParseLock(text []byte) (Lock, error) {
	var l Lock
	if err := json.Unmarshal(text, &l); err != nil {
		return Lock{}, fmt.Errorf("reading a state lock: %w: look at the object by hand", err)
	}
	if l.ID == "" {
		return Lock{}, errors.New("reading a state lock: it has no id: look at the object by hand")
	}
	return l, nil
}

// ReadLock returns who holds a state's lock, nil when nobody does. key is that of the state.
func (b Bucket) ReadLock(ctx context.Context, key string) (*Lock, error) {
	ctx, cancel := context.WithTimeout(ctx, aws.CallLimit)
	defer cancel()
	body, err := b.get(ctx, key+".tflock", "")
	if aws.HasCode(err, "NoSuchKey") {
		return nil, nil
	}
	if err != nil {
		return nil, b.explain(ctx, fmt.Sprintf("reading the lock of %q", key), err, "allow s3:GetObject on the key and s3:ListBucket on the bucket")
	}
	l, err := ParseLock(body)
	if err != nil {
		return nil, &fault.Error{Op: fmt.Sprintf("reading the lock of %q", key), What: "the object is no lock of terraform", Fix: "look at it by hand", Kind: fault.ErrServer}
	}
	return &l, nil
}

// lock takes the lock of a state, as terraform's S3 backend does; false when somebody else holds it.
func (b Bucket) lock(ctx context.Context, key string, l Lock) (bool, error) {
	body, err := json.Marshal(l)
	if err != nil {
		return false, err
	}
	_, err = b.do(ctx, call{method: http.MethodPut, key: key + ".tflock", body: body, absent: true})
	if !aws.HasCode(err, "PreconditionFailed") && !aws.HasCode(err, "ConditionalRequestConflict") {
		return err == nil, err
	}
	// It may be our own, where the answer to the first try was lost.
	held, err := b.ReadLock(ctx, key)
	return held != nil && held.ID == l.ID, err
}
