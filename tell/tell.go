// Package tell speaks to whoever watches a run: lines while it goes on, and the error that ends it.
package tell

import (
	"fmt"
	"os"

	"dagger/pipeline/printable"
)

// Line says a line. It is no part of a result.
func Line(line string) { fmt.Fprintln(os.Stderr, printable.String(line)) }
