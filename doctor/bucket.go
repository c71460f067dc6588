package doctor

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"dagger/pipeline/state"
)

// bucket checks the bucket that holds the states.
type bucket struct{ state.Bucket }

// versions reports whether the bucket exists and keeps old versions of a state.
func (b bucket) versions(ctx context.Context) Check {
	const name = "state bucket"
	status, err := b.Versioning(ctx)
	if err != nil {
		return failed(name, err)
	}
	return Check{
		Name: name, OK: status == "Enabled",
		Detail: fmt.Sprintf("%q is there, versioning is %s", b.Name, strings.ToLower(cmp.Or(status, "off"))),
		Fix:    "enable versioning: aws s3api put-bucket-versioning --versioning-configuration Status=Enabled",
	}
}

// privacy reports whether the bucket blocks public access.
func (b bucket) privacy(ctx context.Context) Check {
	const name = "state privacy"
	access, err := b.PublicAccess(ctx)
	check := Check{Name: name, Fix: "block it: aws s3api put-public-access-block, all four settings true"}
	switch {
	case err != nil:
		return failed(name, err)
	case access == state.Blocked:
		return Check{Name: name, OK: true, Detail: fmt.Sprintf("%q blocks public access", b.Name)}
	case access == state.Partly:
		check.Detail = fmt.Sprintf("%q leaves settings of its public access block off", b.Name)
	default:
		check.Detail = fmt.Sprintf("%q does not block public access itself", b.Name)
	}
	return check
}

// levels tells whether an open run reaches the states of environments that last: it could put one of its own in their
// place, and the secrets in them are in clear.
func (b bucket) levels(ctx context.Context, keys []string) Check {
	const name = "state levels"
	for _, key := range keys {
		for _, right := range []struct {
			verb string
			has  func(context.Context, string) (bool, error)
		}{{"write", b.MayWrite}, {"read", b.MayRead}} {
			has, err := right.has(ctx, key)
			if err != nil {
				return failed(name, err)
			}
			if has {
				return Check{
					Name:   name,
					Detail: fmt.Sprintf("this open run may %s s3://%s/%s, which protected runs deploy by", right.verb, b.Name, key),
					Fix:    "give the runs of branches a role that may read and write only below PROJECT/mr-* (docs/credentials.md)",
				}
			}
		}
	}
	return Check{Name: name, OK: true, Detail: "none of these can be read or written: " + strings.Join(keys, ", ")}
}

// lock reports who holds the lock of a state.
func (b bucket) lock(ctx context.Context, key string) Check {
	name := fmt.Sprintf("lock of %s", key)
	l, err := b.ReadLock(ctx, key)
	switch {
	case err != nil:
		return failed(name, err)
	case l == nil:
		return Check{Name: name, OK: true, Detail: "free"}
	}
	return Check{
		Name:   name,
		Detail: fmt.Sprintf("held by %s since %s for %s (id %s)", cmp.Or(l.Who, "someone"), l.Created.UTC().Format(time.RFC3339), cmp.Or(l.Operation, "an operation"), l.ID),
		Fix:    "wait for it to end; if that job is gone, unlock with this id",
	}
}
