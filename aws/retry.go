package aws

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
)

// Limits of one call: attempts, the time of each, the pause between them, and callLimit for all of them together.
const (
	Attempts     = 4
	attemptLimit = 10 * time.Second
	maxBackoff   = 4 * time.Second
	CallLimit    = 45 * time.Second
)

// newRetryer returns a new retryer: the SDK's standard one, which does not retry an HTTP 429 whose code it knows or a
// truncated body, extended to retry both. backoff, if given, replaces the exponential one with jitter.
func newRetryer(backoff func(attempt int) time.Duration) awssdk.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = Attempts
		o.MaxBackoff = maxBackoff
		o.Retryables = append(o.Retryables,
			retry.RetryableHTTPStatusCode{Codes: map[int]struct{}{http.StatusTooManyRequests: {}}},
			retry.IsErrorRetryableFunc(func(err error) awssdk.Ternary {
				if torn(err) {
					return awssdk.TrueTernary
				}
				return awssdk.UnknownTernary
			}))
		if backoff != nil {
			o.Backoff = retry.BackoffDelayerFunc(func(attempt int, _ error) (time.Duration, error) {
				return backoff(attempt), nil
			})
		}
	})
}

// torn reports whether an answer is truncated or malformed. All calls of this package may be
// repeated: they read, they mint a session, or they set something to a value.
func torn(err error) bool {
	var garbled *smithy.DeserializationError
	return errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &garbled) && Status(err)/100 != 3 && Status(err)/100 != 4
}

// httpClient returns the client for all calls. It follows no redirects: AWS sends none for these calls, and following
// one would carry a token to another host.
func (c Config) httpClient() *http.Client {
	limit := c.AttemptLimit
	if limit == 0 {
		limit = attemptLimit
	}
	return &http.Client{
		Timeout:       limit,
		Transport:     http.DefaultTransport.(*http.Transport).Clone(),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// wait pauses between two requests; Backoff shortens it in tests.
func (c Config) wait(ctx context.Context, d time.Duration) error {
	if c.Backoff != nil {
		d = c.Backoff(1)
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
