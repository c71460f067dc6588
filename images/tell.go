package images

import (
	"fmt"
	"os"

	"dagger/pipeline/printable"
)

// Tell says a line to whoever watches the run. It is no part of a result.
func Tell(line string) { fmt.Fprintln(os.Stderr, printable.String(line)) }
