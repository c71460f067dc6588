package aws

import (
	"net/http"
	"testing"
	"time"
)

// A service whose clock is three hours ahead refuses what is signed by ours. Its answer's date mends that: the next
// request is signed by its time.
func TestClockSkewIsCorrected(t *testing.T) {
	const ahead = 3 * time.Hour
	f := newFake(t)
	f.objects["/state/k.tflock"] = `{"ID":"1","Who":"a@b"}`
	f.fault = func(w http.ResponseWriter, r request, _ int) bool {
		theirs := time.Now().Add(ahead)
		signed, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
		w.Header().Set("Date", theirs.UTC().Format(http.TimeFormat))
		if off := theirs.Sub(signed).Abs(); err == nil && off < 15*time.Minute {
			return false
		}
		protocol(403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.")(w, r)
		return true
	}
	s := resolve(t, withKeys(quick(f)))
	if _, err := NewECR(s).Login(t.Context()); err != nil {
		t.Error(err)
	}
	if lock, err := s.ReadLock(t.Context(), "state", "k"); err != nil || lock.Who != "a@b" {
		t.Errorf("lock %v, %v", lock, err)
	}
	if n := len(f.of("GET /state/k.tflock")); n != 2 {
		t.Errorf("%d requests for the lock", n)
	}
}
