package gitlab

import (
	"net/http"
	"strconv"
	"time"

	"oras.land/oras-go/v2/registry/remote/retry"
)

// again is how often GitLab is asked again after a fault that may pass, with longer and longer pauses between.
var again = retry.GenericPolicy{
	Retryable: retry.DefaultPredicate,
	Backoff:   retry.DefaultBackoff,
	MinWait:   100 * time.Millisecond,
	MaxWait:   2 * time.Second,
	MaxRetry:  3,
}

// longestPause is the most that is waited where GitLab says for how long: it counts requests by the minute.
const longestPause = time.Minute

// patience waits as long as the server asks for.
type patience struct{}

// Retry is the pause before the next try, negative for none.
func (patience) Retry(attempt int, resp *http.Response, err error) (time.Duration, error) {
	pause, err := again.Retry(attempt, resp, err)
	if err != nil || pause < 0 || resp == nil {
		return pause, err
	}
	if seconds, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil {
		pause = max(pause, time.Duration(seconds)*time.Second)
	}
	if pause > longestPause {
		return -1, nil
	}
	return pause, nil
}

var client = &http.Client{Transport: &retry.Transport{Base: prompt(), Policy: func() retry.Policy { return patience{} }}}

// prompt is a transport for servers that answer in time.
func prompt() http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.ResponseHeaderTimeout = 30 * time.Second
	return t
}
