package gitlab

import (
	"net/http"
	"time"

	"oras.land/oras-go/v2/registry/remote/retry"

	"dagger/pipeline/patience"
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

var client = &http.Client{Transport: &retry.Transport{Base: prompt(), Policy: func() retry.Policy { return patience.Policy{Tries: again, Limit: longestPause} }}}

// prompt is a transport for servers that answer in time.
func prompt() http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.ResponseHeaderTimeout = 30 * time.Second
	return t
}
