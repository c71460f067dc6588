package state

import (
	"net/http"
	"testing"
	"time"

	"dagger/pipeline/aws/awstest"
)

// A service whose clock is three hours ahead refuses what is signed by ours. Its answer's date mends that: the next
// request is signed by its time.
func TestClockSkewIsCorrected(t *testing.T) {
	const ahead = 3 * time.Hour
	f := awstest.NewFake(t)
	f.Objects["/state/k.tflock"] = `{"ID":"1","Who":"a@b"}`
	f.Fault = func(w http.ResponseWriter, r awstest.Request, _ int) bool {
		theirs := time.Now().Add(ahead)
		signed, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
		w.Header().Set("Date", theirs.UTC().Format(http.TimeFormat))
		if off := theirs.Sub(signed).Abs(); err == nil && off < 15*time.Minute {
			return false
		}
		awstest.Protocol(403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.")(w, r)
		return true
	}
	s := awstest.Resolve(t, awstest.WithKeys(awstest.Config(f)))
	if lock, err := In(s, "state").ReadLock(t.Context(), "k"); err != nil || lock.Who != "a@b" {
		t.Errorf("lock %v, %v", lock, err)
	}
	if n := len(f.Of("GET /state/k.tflock")); n != 2 {
		t.Errorf("%d requests for the lock", n)
	}
}
