package aws

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/smithy-go"

	"dagger/pipeline/fault"
	"dagger/pipeline/secret"
)

// verdict is what an API error code means for the caller.
func verdict(kind error, what, fix string) fault.Verdict {
	return fault.Verdict{Kind: kind, What: what, Fix: fix}
}

// verdicts by error code. If what is empty, the service's own message follows.
var verdicts = map[string]fault.Verdict{
	"AccessDenied":                            verdict(fault.ErrDenied, "access denied", ""),
	"AccessDeniedException":                   verdict(fault.ErrDenied, "access denied", ""),
	"Forbidden":                               verdict(fault.ErrDenied, "access denied", ""),
	"ExpiredToken":                            verdict(fault.ErrExpired, "the credentials have expired", "mint new ones"),
	"ExpiredTokenException":                   verdict(fault.ErrExpired, "the token has expired", "ask for a new one: a GitLab id token lives as long as the job's timeout, a session as long as its duration"),
	"InvalidIdentityToken":                    verdict(fault.ErrRefused, "", "check the token's issuer, audience and not-before time against IAM's identity provider"),
	"IDPRejectedClaim":                        verdict(fault.ErrRefused, "", "check the token's audience and subject against the role's trust policy"),
	"IDPCommunicationError":                   verdict(fault.ErrServer, "", "AWS could not reach the token's issuer: try again, and check that its keys are public"),
	"InvalidClientTokenId":                    verdict(fault.ErrRefused, "the access key is not known", "check the access key id, and that a temporary key comes with its session token"),
	"UnrecognizedClientException":             verdict(fault.ErrRefused, "the access key is not known", "check the access key id, and that a temporary key comes with its session token"),
	"InvalidAccessKeyId":                      verdict(fault.ErrRefused, "the access key is not known", "check the access key id, and that a temporary key comes with its session token"),
	"SignatureDoesNotMatch":                   verdict(fault.ErrRefused, "the secret key does not fit the access key", "check the secret key for a missing or added character, and this machine's clock"),
	"InvalidSignatureException":               verdict(fault.ErrRefused, "the secret key does not fit the access key", "check the secret key for a missing or added character, and this machine's clock"),
	"RequestTimeTooSkewed":                    verdict(fault.ErrClock, "this machine's clock is too far from the service's", "set the clock (NTP)"),
	"RequestExpired":                          verdict(fault.ErrClock, "this machine's clock is too far from the service's", "set the clock (NTP)"),
	"PackedPolicyTooLarge":                    verdict(fault.ErrConfig, "session policy and tags are too large together", "name fewer repositories"),
	"MalformedPolicyDocument":                 verdict(fault.ErrConfig, "", "check the names that went into the session policy"),
	"RegionDisabledException":                 verdict(fault.ErrConfig, "the region is not enabled for STS", "enable it in the account, or use another region"),
	"ValidationError":                         verdict(fault.ErrConfig, "", "check the value that the message names"),
	"RepositoryNotFoundException":             verdict(fault.ErrNotFound, "no such repository", "create it, or check registry and region"),
	"NoSuchBucket":                            verdict(fault.ErrNotFound, "no such bucket", "create it, or check its name"),
	"NotImplemented":                          verdict(fault.ErrUnsupported, "the endpoint does not have this call", ""),
	"InvalidAction":                           verdict(fault.ErrUnsupported, "the endpoint does not have this call", ""),
	"UnknownOperationException":               verdict(fault.ErrUnsupported, "the endpoint does not have this call", ""),
	"Throttling":                              verdict(fault.ErrThrottled, "throttled, also when tried again", "try again later, or run fewer jobs at once"),
	"ThrottlingException":                     verdict(fault.ErrThrottled, "throttled, also when tried again", "try again later, or run fewer jobs at once"),
	"RequestLimitExceeded":                    verdict(fault.ErrThrottled, "throttled, also when tried again", "try again later, or run fewer jobs at once"),
	"TooManyRequestsException":                verdict(fault.ErrThrottled, "throttled, also when tried again", "try again later, or run fewer jobs at once"),
	"InvalidParameterException":               verdict(fault.ErrConfig, "", "check the value that the message names"),
	"InvalidParameterValue":                   verdict(fault.ErrConfig, "", "check the value that the message names"),
	"LifecyclePolicyPreviewNotFoundException": verdict(fault.ErrNotFound, "no preview has been started", "start one"),
}

// explain turns the error of an SDK call into one line. denied is the fix if access is denied, which differs by
// call; secrets are removed from the service's message.
func explain(op string, err error, denied string, secrets ...secret.Value) *fault.Error {
	var done *fault.Error
	if errors.As(err, &done) {
		return done
	}
	v := Judge(err)
	if v.Kind == fault.ErrDenied {
		v.Fix = denied
	}
	return &fault.Error{Op: op, What: secret.Scrub(fault.Excerpt(v.What), secrets...), Fix: v.Fix, Kind: v.Kind}
}

// Judge says what an error of an SDK call means.
func Judge(err error) fault.Verdict {
	var api smithy.APIError
	if errors.As(err, &api) && HasAnyCode(err) {
		if v, ok := verdicts[strings.TrimSuffix(api.ErrorCode(), "Fault")]; ok {
			if v.Kind == fault.ErrDenied && strings.Contains(api.ErrorMessage(), "not authorized to perform: ") {
				v.What += " (" + api.ErrorMessage() + ")" // it names caller, action and resource
			}
			if v.What == "" {
				v.What = api.ErrorCode() + ", " + api.ErrorMessage()
			}
			return v
		}
		v := fault.ByStatus(Status(err))
		v.What = strings.TrimSuffix(api.ErrorCode()+", "+api.ErrorMessage(), ", ")
		return v
	}
	switch code := Status(err); {
	case errors.Is(err, context.Canceled):
		return verdict(fault.ErrCanceled, "canceled", "")
	case code >= 300:
		return fault.ByStatus(code)
	case torn(err):
		return verdict(fault.ErrServer, "the answer was cut short", "try again, and check proxies on the way")
	}
	return fault.ByNetwork(err)
}

// HasAnyCode reports whether an error has a code from the service itself.
func HasAnyCode(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorCode() != "" && api.ErrorCode() != "UnknownError"
}

// Status is the HTTP status that an error carries, 0 for none.
func Status(err error) int {
	var v interface{ HTTPStatusCode() int }
	if errors.As(err, &v) {
		return v.HTTPStatusCode()
	}
	return 0
}

// HasCode reports whether an API error has the code.
func HasCode(err error, code string) bool {
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorCode() == code
}
