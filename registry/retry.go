package registry

import (
	"net/http"
	"strconv"
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

// patience waits as long as a registry asks for, and does not ask again where that is longer than there is time for.
type patience struct{ limit time.Duration }

// Retry is the pause before the next try, negative for none.
func (p patience) Retry(attempt int, resp *http.Response, err error) (time.Duration, error) {
	pause, err := tries.Retry(attempt, resp, err)
	if err != nil || pause < 0 {
		return -1, err
	}
	if pause = max(pause, retryAfter(resp, time.Now())); pause > p.limit {
		return -1, nil
	}
	return pause, nil
}

// retryAfter is how long an answer asks to wait, in seconds or until a date.
func retryAfter(resp *http.Response, now time.Time) time.Duration {
	if resp == nil {
		return 0
	}
	text := resp.Header.Get("Retry-After")
	if seconds, err := strconv.Atoi(text); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if date, err := http.ParseTime(text); err == nil {
		return date.Sub(now)
	}
	return 0
}
