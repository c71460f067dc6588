package plain

import (
	"errors"
	"io"
)

// Hiding is Writer for text that contains secrets, which hide removes: before, for
// those that look like a command, and after, for those that had a sequence in them.
func Hiding(w io.Writer, hide func(io.Writer) io.WriteCloser) io.WriteCloser {
	last := hide(w)
	middle := Writer(last)
	return chain{hide(middle), middle, last}
}

// chain writes to its first, and closes each in turn.
type chain []io.WriteCloser

func (c chain) Write(p []byte) (int, error) { return c[0].Write(p) }

func (c chain) Close() error {
	var errs []error
	for _, w := range c {
		errs = append(errs, w.Close())
	}
	return errors.Join(errs...)
}
