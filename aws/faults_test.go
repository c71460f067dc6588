package aws

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"
)

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
		{"S3 lock", "GET /state/app/prod/terraform.tfstate.tflock", acting(func(ctx context.Context, s *Session) error {
			_, err := s.ReadLock(ctx, "state", "app/prod/terraform.tfstate")
			return err
		})},
		{"S3 removal", "PUT " + lockObject, acting(func(ctx context.Context, s *Session) error {
			_, err := s.RemoveEmptyState(ctx, "state", "app/mr-7/terraform.tfstate", "job")
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
		retried = times == 1 && op.name != "container role" && !metadata && (!strings.HasPrefix(op.name, "S3") || !strings.HasSuffix(bad.name, "signature"))
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
	if bad.lasting && requests != 1 && !metadata && op.name != "container role" && !strings.HasPrefix(op.name, "S3") {
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
