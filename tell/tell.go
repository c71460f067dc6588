// Package tell speaks to whoever watches a run: lines while it goes on, and the error that ends it.
package tell

import (
	"fmt"
	"os"
	"sync"

	"dagger/pipeline/printable"
)

// Line says a line. It is no part of a result.
func Line(line string) { fmt.Fprintln(os.Stderr, printable.String(line)) }

// told are the lines that this call has told.
var told sync.Map

// Once tells what several parts of a call have to say, once.
func Once(line string) {
	if _, before := told.LoadOrStore(line, true); !before {
		Line(line)
	}
}
