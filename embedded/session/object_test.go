package session

import (
	"errors"
	"testing"
)

// What was read once is not read again, be it empty; what failed is tried again.
func TestOnceKeepsScalarsAndNoFailure(t *testing.T) {
	o := newObjects()
	for _, want := range []any{"text", "", false, []any{"a", "b/"}} {
		reads := 0
		read := func() (any, error) {
			if reads++; reads == 1 {
				return nil, errors.New("lost")
			}
			return want, nil
		}
		id := t.Name() + string(rune('a'+len(o.known)))
		for range 3 {
			_, _ = o.once(id, read)
		}
		if reads != 2 {
			t.Errorf("%v was read %d times, want once after the failure", want, reads)
		}
	}
}
