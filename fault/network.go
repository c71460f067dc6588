package fault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
)

// Verdict is what an answer means for the caller.
type Verdict struct {
	Kind error
	What string
	Fix  string
}

// ByStatus judges an answer that has no known error code.
func ByStatus(code int) Verdict {
	switch {
	case code == 429:
		return Verdict{ErrThrottled, "throttled (status 429), also when tried again", "try again later, or run fewer jobs at once"}
	case code == 401 || code == 403:
		return Verdict{ErrDenied, fmt.Sprintf("access denied (status %d)", code), ""}
	case code == 404 || code == 405 || code == 501:
		return Verdict{ErrUnsupported, fmt.Sprintf("the endpoint does not have this call (status %d)", code), "check the endpoint"}
	case code >= 500:
		return Verdict{ErrServer, fmt.Sprintf("the service failed (status %d), also when tried again", code), "try again later"}
	case code >= 300:
		return Verdict{ErrServer, fmt.Sprintf("the service answered status %d", code), "check the endpoint"}
	}
	return Verdict{ErrServer, "the service answered something else than was asked", "check the endpoint"}
}

// ByNetwork judges a call that got no answer.
func ByNetwork(err error) Verdict {
	const fix = "check the network, proxies and the endpoint"
	var name *net.DNSError
	var timeout interface{ Timeout() bool }
	switch text := err.Error(); {
	case errors.As(err, &name):
		return Verdict{ErrUnreachable, fmt.Sprintf("no address for host %q", name.Name), fix}
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout(),
		strings.Contains(text, "deadline exceeded"), strings.Contains(text, "timeout awaiting"): // the SDK hides some causes
		return Verdict{ErrUnreachable, "no answer in time", fix}
	case strings.Contains(text, "connection refused"):
		return Verdict{ErrUnreachable, "connection refused", fix}
	case strings.Contains(text, "connection reset"), errors.Is(err, io.EOF), strings.HasSuffix(text, "EOF"):
		return Verdict{ErrUnreachable, "the connection was cut", fix}
	case strings.Contains(text, "x509:"), strings.Contains(text, "tls:"):
		return Verdict{ErrUnreachable, "no trusted TLS connection: " + innermost(err), "add the authority to the machine's certificates"}
	}
	return Verdict{ErrServer, innermost(err), "try again"}
}

// innermost is the message of the cause at the end of the chain, without the SDK's wrapping.
func innermost(err error) string {
	for {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
			continue
		}
		next := errors.Unwrap(err)
		if next == nil {
			return err.Error()
		}
		err = next
	}
}
