package fault

import (
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
