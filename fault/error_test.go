package fault

import (
	"errors"
	"strings"
	"testing"
)

func TestErrorsAreOneLine(t *testing.T) {
	err := &Error{Op: "doing\nthis", What: strings.Repeat("long ", 200), Fix: "try\r\nthat", Kind: ErrServer}
	if strings.ContainsAny(err.Error(), "\r\n") {
		t.Errorf("error %q", err)
	}
	if got := Excerpt(strings.Repeat("ä", 400)); len(got) > longest+3 {
		t.Errorf("excerpt of %d bytes", len(got))
	}
}

func TestJoin(t *testing.T) {
	if err := Join(nil, nil); err != nil {
		t.Errorf("nothing: %v", err)
	}
	err := Join(Join(nil, &Error{Op: "a", What: "gone", Kind: ErrNotFound}), &Error{Op: "b", What: "denied", Kind: ErrDenied})
	if err.Error() != "a: gone; b: denied" || !errors.Is(err, ErrNotFound) || !errors.Is(err, ErrDenied) {
		t.Errorf("%q", err)
	}
}
