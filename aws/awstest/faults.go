package awstest

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"dagger/pipeline/fault"
)

// A Fault is what a service answers in place of the right answer.
type Fault struct {
	name string
	// lasting faults are not worth another try: the same answer would come again.
	lasting bool
	kind    error // what an error of it is, when it does not pass
	answer  func(w http.ResponseWriter, r Request)
}

// Protocol writes an error in the way of the service that was asked.
func Protocol(status int, code, message string) func(http.ResponseWriter, Request) {
	return func(w http.ResponseWriter, r Request) {
		// A service may echo what it was sent.
		message := strings.Join([]string{message, r.Form.Get("WebIdentityToken"), r.Header.Get("X-Amz-Security-Token"), r.Header.Get("Authorization")}, " ")
		switch {
		case r.Header.Get("X-Amz-Target") != "":
			JSON(w, status, map[string]string{"__type": code, "message": message})
		case r.Form != nil:
			w.Header().Set("Content-Type", "text/xml")
			w.WriteHeader(status)
			_, _ = fmt.Fprintf(w, "<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error></ErrorResponse>", code, message)
		case strings.HasPrefix(r.Path, "/pod"):
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = fmt.Fprintf(w, `{"code":%q,"message":%q}`, code, message)
		default:
			w.WriteHeader(status)
			_, _ = fmt.Fprintf(w, "<Error><Code>%s</Code><Message>%s</Message></Error>", code, message)
		}
	}
}

func bare(status int, body string) func(http.ResponseWriter, Request) {
	return func(w http.ResponseWriter, _ Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// Cut closes the connection: by a reset, at once, or after half of a body.
func Cut(reset bool, half string) func(http.ResponseWriter, Request) {
	return func(w http.ResponseWriter, _ Request) {
		c, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		if reset {
			_ = c.(*net.TCPConn).SetLinger(0)
		}
		if half != "" {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 4000\r\n\r\n"+half)
		}
		_ = c.Close()
	}
}

func faults() []Fault {
	skewed := func(code string) func(http.ResponseWriter, Request) {
		write := Protocol(403, code, "Signature expired: check the clock")
		return func(w http.ResponseWriter, r Request) {
			w.Header().Set("Date", time.Now().Add(3*time.Hour).UTC().Format(http.TimeFormat))
			write(w, r)
		}
	}
	half := `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>ASIA`
	return []Fault{
		{"Throttling", false, fault.ErrThrottled, Protocol(400, "Throttling", "Rate exceeded")},
		{"ThrottlingException", false, fault.ErrThrottled, Protocol(400, "ThrottlingException", "Rate exceeded")},
		{"RequestLimitExceeded 503", false, fault.ErrThrottled, Protocol(503, "RequestLimitExceeded", "slow")},
		{"429 alone", false, fault.ErrThrottled, bare(429, "")},
		{"429 with page", false, fault.ErrThrottled, bare(429, "<html>too many</html>")},
		{"500 alone", false, fault.ErrServer, bare(500, "")},
		{"500 InternalFailure", false, fault.ErrServer, Protocol(500, "InternalFailure", "sorry")},
		{"502 page of a proxy", false, fault.ErrServer, bare(502, "<html>bad gateway</html>")},
		{"503 alone", false, fault.ErrServer, bare(503, "")},
		{"503 ServiceUnavailable", false, fault.ErrServer, Protocol(503, "ServiceUnavailable", "soon")},
		{"504 page of a proxy", false, fault.ErrServer, bare(504, "<html>gateway timeout</html>")},
		{"no answer", false, fault.ErrUnreachable, nil},
		{"reset", false, fault.ErrUnreachable, Cut(true, "")},
		{"closed", false, fault.ErrUnreachable, Cut(false, "")},
		{"cut in the body", false, nil, Cut(false, half)},
		{"reset in the body", false, nil, Cut(true, half)},
		{"ExpiredToken", true, fault.ErrExpired, Protocol(400, "ExpiredTokenException", "Token expired: current date/time must be before the expiration date/time")},
		{"ExpiredToken 403", true, fault.ErrExpired, Protocol(403, "ExpiredToken", "The security token included in the request is expired")},
		{"AccessDenied", true, fault.ErrDenied, Protocol(403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")},
		{"AccessDeniedException", true, fault.ErrDenied, Protocol(400, "AccessDeniedException", "no")},
		{"403 page of a proxy", true, fault.ErrDenied, bare(403, "<html>\n<b>forbidden</b>\n</html>")},
		{"InvalidClientTokenId", true, fault.ErrRefused, Protocol(403, "InvalidClientTokenId", "The security token included in the request is invalid.")},
		{"SignatureDoesNotMatch", true, fault.ErrRefused, Protocol(403, "SignatureDoesNotMatch", "The request signature we calculated does not match")},
		{"clock 3 h off", false, nil, skewed("RequestTimeTooSkewed")},
		{"clock 3 h off, by signature", false, nil, skewed("SignatureDoesNotMatch")},
		{"MalformedPolicyDocument", true, fault.ErrConfig, Protocol(400, "MalformedPolicyDocument", "bad")},
		{"PackedPolicyTooLarge", true, fault.ErrConfig, Protocol(400, "PackedPolicyTooLarge", "bad")},
		{"ValidationError", true, fault.ErrConfig, Protocol(400, "ValidationError", "DurationSeconds exceeds the MaxSessionDuration set for this role")},
		{"RegionDisabled", true, fault.ErrConfig, Protocol(403, "RegionDisabledException", "off")},
		{"unknown code", true, nil, Protocol(400, "Surprise", "what")},
		{"redirect", true, nil, func(w http.ResponseWriter, _ Request) {
			w.Header().Set("Location", "http://127.0.0.1:1/elsewhere")
			w.WriteHeader(http.StatusTemporaryRedirect)
		}},
		{"InvalidIdentityToken", false, fault.ErrRefused, Protocol(400, "InvalidIdentityToken", "Couldn't retrieve verification key")},
		{"token not yet valid", false, fault.ErrRefused, Protocol(400, "InvalidIdentityToken", "Token is not yet valid")},
	}
}
