package patience

import (
	"net/http"
	"time"

	"oras.land/oras-go/v2/registry/remote/retry"
)

// Tries says which requests to retry, how often and after which pauses.
type Tries = retry.GenericPolicy

// Brief retries a few times after a transient fault, with increasing pauses.
var Brief = Tries{
	Retryable: retry.DefaultPredicate,
	Backoff:   retry.DefaultBackoff,
	MinWait:   100 * time.Millisecond,
	MaxWait:   2 * time.Second,
	MaxRetry:  3,
}

// Client is a client with a timeout that retries according to the policy. It sends a token only to the host that it is
// meant for.
func Client(p Policy) *http.Client {
	prompt := http.DefaultTransport.(*http.Transport).Clone()
	prompt.ResponseHeaderTimeout = 30 * time.Second
	return &http.Client{
		Transport:     &retry.Transport{Base: prompt, Policy: func() retry.Policy { return p }},
		CheckRedirect: sameHost,
	}
}

// sameHost follows redirects only within a host: a token in a server-specific header would be sent to any other host too.
func sameHost(req *http.Request, via []*http.Request) error {
	if before := via[0].URL; req.URL.Host != before.Host || req.URL.Scheme != before.Scheme || len(via) > 5 {
		return http.ErrUseLastResponse
	}
	return nil
}
