// Package patience retries requests after transient faults, and waits as long as the server asks for.
package patience

import (
	"net/http"
	"strconv"
	"time"
)

// Policy says what is retried and when. If a server asks for a pause longer than Limit, there is no retry.
type Policy struct {
	Tries Tries
	Limit time.Duration
}

// Retry is the pause before the next try, negative for none.
func (p Policy) Retry(attempt int, resp *http.Response, err error) (time.Duration, error) {
	pause, err := p.Tries.Retry(attempt, resp, err)
	if err != nil || pause < 0 {
		return -1, err
	}
	if pause = max(pause, retryAfter(resp, time.Now())); pause > p.Limit {
		return -1, nil
	}
	return pause, nil
}

// retryAfter is how long a response asks to wait, in seconds or until a date.
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
