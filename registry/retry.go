package registry

import (
	"time"

	"oras.land/oras-go/v2/registry/remote/retry"
)

// tries is how often a registry is asked again after a fault that may pass, with longer and longer pauses between.
var tries = retry.GenericPolicy{
	Retryable: retry.DefaultPredicate,
	Backoff:   retry.DefaultBackoff,
	MinWait:   100 * time.Millisecond,
	MaxWait:   3 * time.Second,
	MaxRetry:  2,
}
