package main

import (
	"fmt"
	"os"
	"strings"

	"dagger/pipeline/lab/state"
)

// next says what to try after the demo.
func (d *demo) next() {
	d.view.heading("What to try next")
	for _, line := range [][2]string{
		{"./pipeline functions", "the verbs"},
		{"./pipeline call deploy --help", "what a verb takes"},
		{"./pipeline call --source DIR test", "the tests of a project of yours"},
		{"dagger call --source DIR test", "the same on a Dagger engine"},
	} {
		d.view.print("  %-36s %s", line[0], line[1])
	}
	if os.Getenv("DEMO_KEEP") != "1" {
		d.view.print("  %-36s %s", "make demo DEMO_KEEP=1", "leave lab, engine and project as they are, to go on by hand")
		return
	}
	if err := d.keep(); err != nil {
		d.view.print("  leaving the way to the lab: %v", err)
		return
	}
	d.view.print("")
	d.view.print("Lab and engine are left running. To go on by hand:")
	d.view.print("  . %s && cd %s", d.path("environment"), d.app())
	d.view.print("  %s/pipeline call test", d.checkout)
	d.view.print("To stop them:")
	d.view.print("  %s/pipeline engine stop && %s down", d.checkout, d.path("lab-command"))
}

// keep writes a file that points a shell to the lab and the engine.
func (d *demo) keep() error {
	var b strings.Builder
	for _, pair := range d.own() {
		fmt.Fprintf(&b, "export %s=%s\n", pair[0], state.Quote(pair[1]))
	}
	return os.WriteFile(d.path("environment"), []byte(b.String()), 0o600)
}
