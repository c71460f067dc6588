package aws

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"

	"github.com/aws/smithy-go"
)

// verdict is what an API error code means for the one who asked.
type verdict struct {
	kind error
	what string
	fix  string
}

// verdicts by error code. Where what is empty, the service's own words follow.
var verdicts = map[string]verdict{
	"AccessDenied":                            {ErrDenied, "access denied", ""},
	"AccessDeniedException":                   {ErrDenied, "access denied", ""},
	"Forbidden":                               {ErrDenied, "access denied", ""},
	"ExpiredToken":                            {ErrExpired, "the credentials have expired", "mint new ones"},
	"ExpiredTokenException":                   {ErrExpired, "the token has expired", "ask for a new one: a GitLab id token lives as long as the job's timeout, a session as long as its duration"},
	"InvalidIdentityToken":                    {ErrRefused, "", "check the token's issuer, audience and not-before time against IAM's identity provider"},
	"IDPRejectedClaim":                        {ErrRefused, "", "check the token's audience and subject against the role's trust policy"},
	"IDPCommunicationError":                   {ErrServer, "", "AWS could not reach the token's issuer: try again, and check that its keys are public"},
	"InvalidClientTokenId":                    {ErrRefused, "the access key is not known", "check the access key id, and that a temporary key comes with its session token"},
	"UnrecognizedClientException":             {ErrRefused, "the access key is not known", "check the access key id, and that a temporary key comes with its session token"},
	"InvalidAccessKeyId":                      {ErrRefused, "the access key is not known", "check the access key id, and that a temporary key comes with its session token"},
	"SignatureDoesNotMatch":                   {ErrRefused, "the secret key does not fit the access key", "check the secret key for a missing or added character, and this machine's clock"},
	"InvalidSignatureException":               {ErrRefused, "the secret key does not fit the access key", "check the secret key for a missing or added character, and this machine's clock"},
	"RequestTimeTooSkewed":                    {ErrClock, "this machine's clock is too far from the service's", "set the clock (NTP)"},
	"RequestExpired":                          {ErrClock, "this machine's clock is too far from the service's", "set the clock (NTP)"},
	"PackedPolicyTooLarge":                    {ErrConfig, "session policy and tags are too large together", "name fewer repositories"},
	"MalformedPolicyDocument":                 {ErrConfig, "", "check the names that went into the session policy"},
	"RegionDisabledException":                 {ErrConfig, "the region is not enabled for STS", "enable it in the account, or use another region"},
	"ValidationError":                         {ErrConfig, "", "check the value that the message names"},
	"RepositoryNotFoundException":             {ErrNotFound, "no such repository", "create it, or check registry and region"},
	"NoSuchBucket":                            {ErrNotFound, "no such bucket", "create it, or check its name"},
	"NotImplemented":                          {ErrUnsupported, "the endpoint does not have this call", ""},
	"InvalidAction":                           {ErrUnsupported, "the endpoint does not have this call", ""},
	"UnknownOperationException":               {ErrUnsupported, "the endpoint does not have this call", ""},
	"Throttling":                              {ErrThrottled, "throttled, also when tried again", "try again later, or run fewer jobs at once"},
	"ThrottlingException":                     {ErrThrottled, "throttled, also when tried again", "try again later, or run fewer jobs at once"},
	"RequestLimitExceeded":                    {ErrThrottled, "throttled, also when tried again", "try again later, or run fewer jobs at once"},
	"TooManyRequestsException":                {ErrThrottled, "throttled, also when tried again", "try again later, or run fewer jobs at once"},
	"InvalidParameterException":               {ErrConfig, "", "check the value that the message names"},
	"InvalidParameterValue":                   {ErrConfig, "", "check the value that the message names"},
	"LifecyclePolicyPreviewNotFoundException": {ErrNotFound, "no preview has been started", "start one"},
}

// explain makes one line out of what an SDK call returned. denied is the fix where access is denied, which differs by
// call; secrets are removed from whatever the service said.
func explain(op string, err error, denied string, secrets ...Secret) *Error {
	var done *Error
	if errors.As(err, &done) {
		return done
	}
	v := judge(err)
	if v.kind == ErrDenied {
		v.fix = denied
	}
	return &Error{Op: op, What: scrub(excerpt(v.what), secrets...), Fix: v.fix, Kind: v.kind}
}

func judge(err error) verdict {
	var api smithy.APIError
	if errors.As(err, &api) && hasAnyCode(err) {
		if v, ok := verdicts[strings.TrimSuffix(api.ErrorCode(), "Fault")]; ok {
			if v.kind == ErrDenied && strings.Contains(api.ErrorMessage(), "not authorized to perform: ") {
				v.what += " (" + api.ErrorMessage() + ")" // it names caller, action and resource
			}
			if v.what == "" {
				v.what = api.ErrorCode() + ", " + api.ErrorMessage()
			}
			return v
		}
		v := byStatus(status(err))
		v.what = strings.TrimSuffix(api.ErrorCode()+", "+api.ErrorMessage(), ", ")
		return v
	}
	switch code := status(err); {
	case errors.Is(err, context.Canceled):
		return verdict{ErrCanceled, "canceled", ""}
	case code >= 300:
		return byStatus(code)
	case torn(err):
		return verdict{ErrServer, "the answer was cut short", "try again, and check proxies on the way"}
	}
	return byNetwork(err)
}

// byStatus judges an answer that has no known error code.
func byStatus(code int) verdict {
	switch {
	case code == 429:
		return verdict{ErrThrottled, "throttled (status 429), also when tried again", "try again later, or run fewer jobs at once"}
	case code == 401 || code == 403:
		return verdict{ErrDenied, fmt.Sprintf("access denied (status %d)", code), ""}
	case code == 404 || code == 405 || code == 501:
		return verdict{ErrUnsupported, fmt.Sprintf("the endpoint does not have this call (status %d)", code), "check the endpoint"}
	case code >= 500:
		return verdict{ErrServer, fmt.Sprintf("the service failed (status %d), also when tried again", code), "try again later"}
	case code >= 300:
		return verdict{ErrServer, fmt.Sprintf("the service answered status %d", code), "check the endpoint"}
	}
	return verdict{ErrServer, "the service answered something else than was asked", "check the endpoint"}
}

// byNetwork judges a call that got no answer.
func byNetwork(err error) verdict {
	const fix = "check the network, proxies and the endpoint"
	var name *net.DNSError
	var timeout interface{ Timeout() bool }
	switch text := err.Error(); {
	case errors.As(err, &name):
		return verdict{ErrUnreachable, fmt.Sprintf("no address for host %q", name.Name), fix}
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout(),
		strings.Contains(text, "deadline exceeded"), strings.Contains(text, "timeout awaiting"): // the SDK hides some causes
		return verdict{ErrUnreachable, "no answer in time", fix}
	case strings.Contains(text, "connection refused"):
		return verdict{ErrUnreachable, "connection refused", fix}
	case strings.Contains(text, "connection reset"), errors.Is(err, io.EOF), strings.HasSuffix(text, "EOF"):
		return verdict{ErrUnreachable, "the connection was cut", fix}
	case strings.Contains(text, "x509:"), strings.Contains(text, "tls:"):
		return verdict{ErrUnreachable, "no trusted TLS connection: " + innermost(err), "add the authority to the machine's certificates"}
	}
	return verdict{ErrServer, innermost(err), "try again"}
}

// hasAnyCode tells an error that the service itself has named.
func hasAnyCode(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorCode() != "" && api.ErrorCode() != "UnknownError"
}

// status is the HTTP status that an error carries, 0 for none.
func status(err error) int {
	var v interface{ HTTPStatusCode() int }
	if errors.As(err, &v) {
		return v.HTTPStatusCode()
	}
	return 0
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
