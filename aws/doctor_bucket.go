package aws

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/smithy-go"
)

// checkVersioning tells whether the state bucket is there and keeps old versions of a state.
func (b bucket) checkVersioning(ctx context.Context) Check {
	const name = "state bucket"
	body, err := b.get(ctx, "", "versioning")
	if err != nil {
		return failed(name, b.explain(ctx, "reading the versioning", err, "allow s3:GetBucketVersioning and s3:ListBucket on it"))
	}
	var answer struct{ Status string }
	if err := xml.Unmarshal(body, &answer); err != nil {
		return failed(name, b.explain(ctx, "reading the versioning", err, ""))
	}
	return Check{
		Name: name, OK: answer.Status == "Enabled",
		Detail: fmt.Sprintf("%q is there, versioning is %s", b.name, strings.ToLower(orWord(answer.Status, "off"))),
		Fix:    "enable versioning: aws s3api put-bucket-versioning --versioning-configuration Status=Enabled",
	}
}

// checkPrivate tells whether the bucket blocks public access.
func (b bucket) checkPrivate(ctx context.Context) Check {
	const name = "state privacy"
	const fix = "block it: aws s3api put-public-access-block, all four settings true"
	body, err := b.get(ctx, "", "publicAccessBlock")
	if hasCode(err, "NoSuchPublicAccessBlockConfiguration") {
		return Check{Name: name, Detail: fmt.Sprintf("%q does not block public access itself", b.name), Fix: fix}
	}
	if err != nil {
		return failed(name, b.explain(ctx, "reading the public access block", err, "allow s3:GetBucketPublicAccessBlock on it"))
	}
	var answer struct {
		BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets bool
	}
	if err := xml.Unmarshal(body, &answer); err != nil {
		return failed(name, b.explain(ctx, "reading the public access block", err, ""))
	}
	if !answer.BlockPublicAcls || !answer.IgnorePublicAcls || !answer.BlockPublicPolicy || !answer.RestrictPublicBuckets {
		return Check{Name: name, Detail: fmt.Sprintf("%q leaves settings of its public access block off", b.name), Fix: fix}
	}
	return Check{Name: name, OK: true, Detail: fmt.Sprintf("%q blocks public access", b.name)}
}

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
func (s *Session) ReadLock(ctx context.Context, bucketName, key string) (*Lock, error) {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	b := s.bucket(bucketName)
	body, err := b.get(ctx, key+".tflock", "")
	if hasCode(err, "NoSuchKey") {
		return nil, nil
	}
	if err != nil {
		return nil, b.explain(ctx, fmt.Sprintf("reading the lock of %q", key), err, "allow s3:GetObject on the key and s3:ListBucket on the bucket")
	}
	l, err := ParseLock(body)
	if err != nil {
		return nil, &Error{Op: fmt.Sprintf("reading the lock of %q", key), What: "the object is no lock of terraform", Fix: "look at it by hand", Kind: ErrServer}
	}
	return &l, nil
}

func (b bucket) checkLock(ctx context.Context, key string) Check {
	name := fmt.Sprintf("lock of %s", key)
	l, err := b.session.ReadLock(ctx, b.name, key)
	switch {
	case err != nil:
		return failed(name, err)
	case l == nil:
		return Check{Name: name, OK: true, Detail: "free"}
	}
	return Check{
		Name:   name,
		Detail: fmt.Sprintf("held by %s since %s for %s (id %s)", orWord(l.Who, "someone"), l.Created.UTC().Format(time.RFC3339), orWord(l.Operation, "an operation"), l.ID),
		Fix:    "wait for it to end; if that job is gone, unlock with this id",
	}
}

func (b bucket) explain(ctx context.Context, op string, err error, denied string) error {
	return explain(fmt.Sprintf("%s in bucket %q", op, b.name), err, denied, b.session.secrets()...)
}

// hasCode tells an API error by its code.
func hasCode(err error, code string) bool {
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorCode() == code
}

func orWord(s, word string) string {
	if s == "" {
		return word
	}
	return s
}
