package registry

import (
	"time"

	"oras.land/oras-go/v2/registry/remote/retry"
)

// tries is how often a request is retried after a transient fault, with increasing pauses.
var tries = retry.GenericPolicy{
	Retryable: retry.DefaultPredicate,
	Backoff:   retry.DefaultBackoff,
	MinWait:   100 * time.Millisecond,
	MaxWait:   3 * time.Second,
	MaxRetry:  2,
}
