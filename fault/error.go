package fault

import (
	"errors"
	"strings"
)

// What kind of failure an error is, for errors.Is.
var (
	ErrConfig      = errors.New("settings do not fit together")
	ErrAccount     = errors.New("account not allowed")
	ErrDenied      = errors.New("access denied")
	ErrExpired     = errors.New("credentials expired")
	ErrRefused     = errors.New("credentials refused")
	ErrThrottled   = errors.New("throttled")
	ErrUnreachable = errors.New("out of reach")
	ErrServer      = errors.New("service failed")
	ErrClock       = errors.New("clock is off")
	ErrNotFound    = errors.New("not found")
	ErrUnsupported = errors.New("not supported by the endpoint")
	ErrCanceled    = errors.New("canceled")
	ErrProtected   = errors.New("a protected image would be expired")
)

// Error is a failure in one line: what was being done, what went wrong, and the next thing to try. It keeps only the
// kind of its cause, so that nothing in a service's answer can slip out unscrubbed.
type Error struct {
	Op   string // in the gerund, inputs quoted: `assuming role "arn:..."`
	What string // "access denied"
	Fix  string // "check the role's trust policy"
	Kind error  // one of the Err values of this package
}

// Error joins the three parts, on one line.
func (e *Error) Error() string {
	parts := []string{e.Op, e.What}
	if e.Fix != "" {
		parts = append(parts, e.Fix)
	}
	return OneLine(strings.Join(parts, ": "))
}

// Unwrap returns the kind.
func (e *Error) Unwrap() error { return e.Kind }

// Join is several failures on one line, each of its kind; nil if there is none.
func Join(errs ...error) error {
	if err := errors.Join(errs...); err != nil {
		return joined{err}
	}
	return nil
}

type joined struct{ error }

func (j joined) Error() string { return strings.ReplaceAll(j.error.Error(), "\n", "; ") }

func (j joined) Unwrap() error { return j.error }

// Setting is the error for a missing or wrong setting.
func Setting(op, what, fix string) *Error {
	return &Error{Op: op, What: what, Fix: fix, Kind: ErrConfig}
}

// longest is how many bytes of an answer are worth showing.
const longest = 400

// OneLine folds white space, so that an answer of many lines stays one line.
func OneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// Excerpt is the beginning of a text, on one line.
func Excerpt(s string) string {
	s = OneLine(s)
	if len(s) <= longest {
		return s
	}
	return strings.ToValidUTF8(s[:longest], "") + "..."
}
