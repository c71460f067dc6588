// Package tell reports to whoever watches a run: lines as it progresses, and the error that ends it.
package tell

import (
	"fmt"
	"os"
	"sync"

	"dagger/pipeline/printable"
)

// Line prints a line. It is not part of a result.
func Line(line string) { fmt.Fprintln(os.Stderr, printable.String(line)) }

// told are the lines that this call has printed.
var told sync.Map

// Once prints a line that several parts of a call may print, once.
func Once(line string) {
	if _, before := told.LoadOrStore(line, true); !before {
		Line(line)
	}
}
