package aws

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// A fault is what a service answers in place of the right answer.
type fault struct {
	name string
	// lasting faults are not worth another try: the same answer would come again.
	lasting bool
	kind    error // what an error of it is, when it does not pass
	answer  func(w http.ResponseWriter, r request)
}

// protocol writes an error in the way of the service that was asked.
func protocol(status int, code, message string) func(http.ResponseWriter, request) {
	return func(w http.ResponseWriter, r request) {
		// A service may echo what it was sent.
		message := strings.Join([]string{message, r.Form.Get("WebIdentityToken"), r.Header.Get("X-Amz-Security-Token"), r.Header.Get("Authorization")}, " ")
		switch {
		case r.Header.Get("X-Amz-Target") != "":
			jsonAnswer(w, status, map[string]string{"__type": code, "message": message})
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

func bare(status int, body string) func(http.ResponseWriter, request) {
	return func(w http.ResponseWriter, _ request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// cut closes the connection: by a reset, at once, or after half of a body.
func cut(reset bool, half string) func(http.ResponseWriter, request) {
	return func(w http.ResponseWriter, _ request) {
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

func faults() []fault {
	skewed := func(code string) func(http.ResponseWriter, request) {
		write := protocol(403, code, "Signature expired: check the clock")
		return func(w http.ResponseWriter, r request) {
			w.Header().Set("Date", time.Now().Add(3*time.Hour).UTC().Format(http.TimeFormat))
			write(w, r)
		}
	}
	half := `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>ASIA`
	return []fault{
		{"Throttling", false, ErrThrottled, protocol(400, "Throttling", "Rate exceeded")},
		{"ThrottlingException", false, ErrThrottled, protocol(400, "ThrottlingException", "Rate exceeded")},
		{"RequestLimitExceeded 503", false, ErrThrottled, protocol(503, "RequestLimitExceeded", "slow")},
		{"429 alone", false, ErrThrottled, bare(429, "")},
		{"429 with page", false, ErrThrottled, bare(429, "<html>too many</html>")},
		{"500 alone", false, ErrServer, bare(500, "")},
		{"500 InternalFailure", false, ErrServer, protocol(500, "InternalFailure", "sorry")},
		{"502 page of a proxy", false, ErrServer, bare(502, "<html>bad gateway</html>")},
		{"503 alone", false, ErrServer, bare(503, "")},
		{"503 ServiceUnavailable", false, ErrServer, protocol(503, "ServiceUnavailable", "soon")},
		{"504 page of a proxy", false, ErrServer, bare(504, "<html>gateway timeout</html>")},
		{"no answer", false, ErrUnreachable, nil},
		{"reset", false, ErrUnreachable, cut(true, "")},
		{"closed", false, ErrUnreachable, cut(false, "")},
		{"cut in the body", false, nil, cut(false, half)},
		{"reset in the body", false, nil, cut(true, half)},
		{"ExpiredToken", true, ErrExpired, protocol(400, "ExpiredTokenException", "Token expired: current date/time must be before the expiration date/time")},
		{"ExpiredToken 403", true, ErrExpired, protocol(403, "ExpiredToken", "The security token included in the request is expired")},
		{"AccessDenied", true, ErrDenied, protocol(403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")},
		{"AccessDeniedException", true, ErrDenied, protocol(400, "AccessDeniedException", "no")},
		{"403 page of a proxy", true, ErrDenied, bare(403, "<html>\n<b>forbidden</b>\n</html>")},
		{"InvalidClientTokenId", true, ErrRefused, protocol(403, "InvalidClientTokenId", "The security token included in the request is invalid.")},
		{"SignatureDoesNotMatch", true, ErrRefused, protocol(403, "SignatureDoesNotMatch", "The request signature we calculated does not match")},
		{"clock 3 h off", false, nil, skewed("RequestTimeTooSkewed")},
		{"clock 3 h off, by signature", false, nil, skewed("SignatureDoesNotMatch")},
		{"MalformedPolicyDocument", true, ErrConfig, protocol(400, "MalformedPolicyDocument", "bad")},
		{"PackedPolicyTooLarge", true, ErrConfig, protocol(400, "PackedPolicyTooLarge", "bad")},
		{"ValidationError", true, ErrConfig, protocol(400, "ValidationError", "DurationSeconds exceeds the MaxSessionDuration set for this role")},
		{"RegionDisabled", true, ErrConfig, protocol(403, "RegionDisabledException", "off")},
		{"unknown code", true, nil, protocol(400, "Surprise", "what")},
		{"redirect", true, nil, func(w http.ResponseWriter, _ request) {
			w.Header().Set("Location", "http://127.0.0.1:1/elsewhere")
			w.WriteHeader(http.StatusTemporaryRedirect)
		}},
		{"InvalidIdentityToken", false, ErrRefused, protocol(400, "InvalidIdentityToken", "Couldn't retrieve verification key")},
		{"token not yet valid", false, ErrRefused, protocol(400, "InvalidIdentityToken", "Token is not yet valid")},
	}
}
