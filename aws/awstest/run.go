package awstest

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

	"dagger/pipeline/aws"
	"dagger/pipeline/fault"
)

// Operation is one call.
type Operation struct {
	Name   string
	Action string // by which a fault finds it
	Run    func(ctx context.Context, f *Fake) error
}

// RunFaults makes every fault at every call: once it is overcome where another try can help; when it stays, there is one clear line
// after a bounded number of tries. No line shows a credential, although the services echo them.
func RunFaults(t *testing.T, operations []Operation) {
	var mutex sync.Mutex
	var table strings.Builder
	out := tabwriter.NewWriter(&table, 0, 4, 2, ' ', 0)
	_, _ = fmt.Fprintln(out, "CALL\tFAULT\tTIMES\tREQUESTS\tOUTCOME")
	cases := 0
	t.Run("all", func(t *testing.T) {
		for _, op := range operations {
			for _, bad := range faults() {
				for _, times := range []int{1, 2, 1000} {
					cases++
					t.Run(fmt.Sprintf("%s/%s/%d", op.Name, bad.name, times), func(t *testing.T) {
						t.Parallel()
						requests, err := runFault(t, op, bad, times)
						checkFault(t, op, bad, times, requests, err)
						mutex.Lock()
						defer mutex.Unlock()
						_, _ = fmt.Fprintf(out, "%s\t%s\t%s\t%d\t%s\n", op.Name, bad.name, map[int]string{1: "once", 2: "twice", 1000: "always"}[times], requests, outcome(err))
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

func runFault(t *testing.T, op Operation, bad Fault, times int) (int, error) {
	f := NewFake(t)
	f.Objects["/state/app/prod/terraform.tfstate.tflock"] = `{"ID":"1"}`
	f.Fault = func(w http.ResponseWriter, r Request, n int) bool {
		if r.Action != op.Action || n > times {
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
	err := op.Run(ctx, f)
	if ctx.Err() != nil {
		t.Errorf("not over within its own limits: %v", err)
	}
	return len(f.Of(op.Action)), err
}

func checkFault(t *testing.T, op Operation, bad Fault, times, requests int, err error) {
	metadata := strings.HasPrefix(op.Name, "IMDS")
	retried := !bad.lasting
	if bad.kind == fault.ErrRefused && strings.Contains(bad.name, "oken") && !bad.lasting {
		retried = op.Name == "web identity" // STS gives this code there only
	}
	most := aws.Attempts
	switch {
	case strings.HasPrefix(bad.name, "clock"): // corrected once, where a call is signed at all
		retried = times == 1 && op.Name != "container role" && !metadata && (!strings.HasPrefix(op.Name, "S3") || !strings.HasSuffix(bad.name, "signature"))
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
	if bad.lasting && requests != 1 && !metadata && op.Name != "container role" && !strings.HasPrefix(op.Name, "S3") {
		t.Errorf("%d requests for a fault that stays", requests)
	}
	text := err.Error()
	if strings.ContainsAny(text, "\r\n") || strings.Count(text, ": ") < 1 || len(text) > 900 {
		t.Errorf("not one clear line: %q", text)
	}
	NoCanary(t, text)
	NoCanary(t, fmt.Sprintf("%+v %#v", err, err))
	var known *fault.Error
	if !errors.As(err, &known) || known.Kind == nil || known.Fix == "" && !errors.Is(err, fault.ErrServer) && !errors.Is(err, fault.ErrCanceled) && !metadata && op.Name != "container role" {
		t.Errorf("no kind or no fix: %#v", known)
	}
	if bad.kind != nil && !metadata && op.Name != "container role" && !errors.Is(err, bad.kind) {
		t.Errorf("kind %v, want %v: %v", known.Kind, bad.kind, err)
	}
}
