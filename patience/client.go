package patience

import (
	"net/http"
	"time"

	"oras.land/oras-go/v2/registry/remote/retry"
)

// Tries are what is asked again, how often and after which pauses.
type Tries = retry.GenericPolicy

// Brief is asking again after a fault that may pass, with longer and longer pauses between.
var Brief = Tries{
	Retryable: retry.DefaultPredicate,
	Backoff:   retry.DefaultBackoff,
	MinWait:   100 * time.Millisecond,
	MaxWait:   2 * time.Second,
	MaxRetry:  3,
}

// Client asks servers that answer in time, again where the policy says so. It takes a token to no other host than the
// one that it is meant for.
func Client(p Policy) *http.Client {
	prompt := http.DefaultTransport.(*http.Transport).Clone()
	prompt.ResponseHeaderTimeout = 30 * time.Second
	return &http.Client{
		Transport:     &retry.Transport{Base: prompt, Policy: func() retry.Policy { return p }},
		CheckRedirect: sameHost,
	}
}

// sameHost follows a redirect within a host. A token in a header of a server's own would go along to any other.
func sameHost(req *http.Request, via []*http.Request) error {
	if before := via[0].URL; req.URL.Host != before.Host || req.URL.Scheme != before.Scheme || len(via) > 5 {
		return http.ErrUseLastResponse
	}
	return nil
}
