package aws

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
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

// An operation is one call, and the action by which a fault finds it.
type operation struct {
	name, action string
	run          func(ctx context.Context, f *fake) error
}

func operations() []operation {
	resolving := func(source func(Config) Config) func(context.Context, *fake) error {
		return func(ctx context.Context, f *fake) error {
			c := source(quick(f))
			c.attemptLimit = 150 * time.Millisecond
			_, err := Resolve(ctx, c)
			return err
		}
	}
	acting := func(do func(context.Context, *Session) error) func(context.Context, *fake) error {
		return func(ctx context.Context, f *fake) error {
			c := withKeys(quick(f))
			c.attemptLimit = 150 * time.Millisecond
			s, err := Resolve(ctx, c)
			if err != nil {
				return err
			}
			return do(ctx, s)
		}
	}
	return []operation{
		{"web identity", "AssumeRoleWithWebIdentity", resolving(withWeb)},
		{"assume role", "AssumeRole", resolving(func(c Config) Config { c = withKeys(c); c.RoleARN = roleARN; return c })},
		{"caller identity", "GetCallerIdentity", resolving(withTemporary)},
		{"container role", "GET /pod", resolving(func(c Config) Config { c.ContainerURI = c.Endpoint + "/pod"; return c })},
		{"ECR login", "GetAuthorizationToken", acting(func(ctx context.Context, s *Session) error { _, err := NewECR(s).Login(ctx); return err })},
		{"state lock", "GET /state/app/prod/terraform.tfstate.tflock", acting(func(ctx context.Context, s *Session) error {
			_, err := s.ReadLock(ctx, "state", "app/prod/terraform.tfstate")
			return err
		})},
		{"IMDS token", "PUT /latest/api/token", resolving(func(c Config) Config { return c })},
		{"IMDS keys", "GET /latest/meta-data/iam/security-credentials/node-role", resolving(func(c Config) Config { return c })},
	}
}

// Every fault at every call: once it is overcome where another try can help; when it stays, there is one clear line
// after a bounded number of tries. No line shows a credential, although the services echo them.
func TestFaults(t *testing.T) {
	var mutex sync.Mutex
	var table strings.Builder
	out := tabwriter.NewWriter(&table, 0, 4, 2, ' ', 0)
	_, _ = fmt.Fprintln(out, "CALL\tFAULT\tTIMES\tREQUESTS\tOUTCOME")
	cases := 0
	t.Run("all", func(t *testing.T) {
		for _, op := range operations() {
			for _, bad := range faults() {
				for _, times := range []int{1, 2, 1000} {
					cases++
					t.Run(fmt.Sprintf("%s/%s/%d", op.name, bad.name, times), func(t *testing.T) {
						t.Parallel()
						requests, err := runFault(t, op, bad, times)
						checkFault(t, op, bad, times, requests, err)
						mutex.Lock()
						defer mutex.Unlock()
						_, _ = fmt.Fprintf(out, "%s\t%s\t%s\t%d\t%s\n", op.name, bad.name, map[int]string{1: "once", 2: "twice", 1000: "always"}[times], requests, outcome(err))
					})
				}
			}
		}
	})
	_ = out.Flush()
	t.Logf("%d cases\n%s", cases, table.String())
}

func outcome(err error) string {
	if err == nil {
		return "ok"
	}
	return err.Error()
}

func runFault(t *testing.T, op operation, bad fault, times int) (int, error) {
	f := newFake(t)
	f.objects["/state/app/prod/terraform.tfstate.tflock"] = `{"ID":"1"}`
	f.fault = func(w http.ResponseWriter, r request, n int) bool {
		if r.Action != op.action || n > times {
			return false
		}
		if bad.answer == nil { // no answer: hold the request until the client goes
			c, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				_, _ = io.Copy(io.Discard, c)
				_ = c.Close()
			}
			return true
		}
		bad.answer(w, r)
		return true
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	err := op.run(ctx, f)
	if ctx.Err() != nil {
		t.Errorf("not over within its own limits: %v", err)
	}
	return len(f.of(op.action)), err
}

func checkFault(t *testing.T, op operation, bad fault, times, requests int, err error) {
	metadata := strings.HasPrefix(op.name, "IMDS")
	retried := !bad.lasting
	if bad.kind == ErrRefused && strings.Contains(bad.name, "oken") && !bad.lasting {
		retried = op.name == "web identity" // STS gives this code there only
	}
	most := attempts
	switch {
	case strings.HasPrefix(bad.name, "clock"): // corrected once, where a call is signed at all
		retried = times == 1 && op.name != "container role" && !metadata && (op.name != "state lock" || !strings.HasSuffix(bad.name, "signature"))
	case metadata && strings.HasPrefix(bad.name, "Throttling"): // no codes here, the status decides
		retried = false
	case metadata:
		most++ // net/http itself repeats a GET on a kept connection that was closed
	}
	if requests > most {
		t.Errorf("%d requests, at most %d", requests, most)
	}
	if metadata && bad.name == "redirect" && err == nil {
		return // the SDK takes it for a fault that may pass, and rightly: metadata services do not redirect
	}
	if retried && times < 3 {
		if err != nil || requests != times+1 {
			t.Errorf("a fault that passes is not overcome: %d requests, %v", requests, err)
		}
		return
	}
	if err == nil {
		t.Fatalf("no error after %d requests", requests)
	}
	if bad.lasting && requests != 1 && !metadata && op.name != "container role" && op.name != "state lock" {
		t.Errorf("%d requests for a fault that stays", requests)
	}
	text := err.Error()
	if strings.ContainsAny(text, "\r\n") || strings.Count(text, ": ") < 1 || len(text) > 900 {
		t.Errorf("not one clear line: %q", text)
	}
	noCanary(t, text)
	noCanary(t, fmt.Sprintf("%+v %#v", err, err))
	var known *Error
	if !errors.As(err, &known) || known.Kind == nil || known.Fix == "" && !errors.Is(err, ErrServer) && !errors.Is(err, ErrCanceled) && !metadata && op.name != "container role" {
		t.Errorf("no kind or no fix: %#v", known)
	}
	if bad.kind != nil && !metadata && op.name != "container role" && !errors.Is(err, bad.kind) {
		t.Errorf("kind %v, want %v: %v", known.Kind, bad.kind, err)
	}
}
