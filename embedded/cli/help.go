package cli

import (
	"fmt"
	"sort"
	"strings"

	"github.com/spf13/pflag"
)

func heading(s string) string { return strings.ToUpper(s) }

// helpCall prints what the last step of a chain does, takes and offers.
func (a *App) helpCall(c *chain, o *options) {
	s := c.last()
	top := len(c.steps) == 1
	doc, options := s.fn.Doc, ""
	if top {
		doc, options = callShort, " [options]"
	}
	if doc != "" {
		fmt.Fprintf(a.Stdout, "%s\n\n", doc)
	}
	use := a.Name + " " + s.path + options
	if s.flags.HasFlags() && !top {
		use += " [arguments]"
	}
	if c.more {
		use += " <function>"
	}
	fmt.Fprintf(a.Stdout, "%s\n  %s\n", heading("Usage"), use)
	a.helpFunctions(c)
	if s.flags.HasFlags() {
		fmt.Fprintf(a.Stdout, "\n%s\n%s", heading("Arguments"), argumentUsages(s).FlagUsagesWrapped(a.Width))
	}
	if top {
		fmt.Fprintf(a.Stdout, "\n%s\n%s", heading("Options"), o.call.FlagUsagesWrapped(a.Width))
		fmt.Fprintf(a.Stdout, "\n%s\n%s", heading("Inherited options"), o.common.FlagUsagesWrapped(a.Width))
	}
	if c.more {
		fmt.Fprintf(a.Stdout, "\nUse %q for more information about a command.\n", a.Name+" "+s.path+" [command] --help")
	}
}

func (a *App) helpFunctions(c *chain) {
	if !c.more {
		return
	}
	functions := c.next.functions
	sort.Slice(functions, func(i, j int) bool { return functions[i].Command() < functions[j].Command() })
	width := 0
	for _, f := range functions {
		width = max(width, len(f.Command()))
	}
	fmt.Fprintf(a.Stdout, "\n%s\n", heading("Functions"))
	for _, f := range functions {
		name := fmt.Sprintf("  %-*s   ", width, f.Command())
		fmt.Fprintln(a.Stdout, name+wrap(f.Short(), a.Width-len(name), len(name)))
	}
}

// argumentUsages puts the required arguments first and marks them.
func argumentUsages(s *step) *pflag.FlagSet {
	sorted := newFlagSet()
	sorted.SortFlags = false
	required := map[string]bool{}
	for _, v := range s.values {
		required[v.arg.Flag()] = v.missing()
	}
	for _, first := range []bool{true, false} {
		s.flags.VisitAll(func(f *pflag.Flag) {
			if required[f.Name] != first {
				return
			}
			// one paragraph; a backquote would name the value
			f.Usage = strings.ReplaceAll(strings.Join(strings.Fields(f.Usage), " "), "`", "'")
			if first {
				f.Usage = strings.TrimSpace(f.Usage + " [required]")
			}
			f.DefValue = f.Value.String()
			sorted.AddFlag(f)
		})
	}
	return sorted
}

// wrap breaks text at spaces into lines of at most width; those after the first
// start with indent spaces.
func wrap(text string, width, indent int) string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines = append(lines, line)
			line = ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return strings.Join(append(lines, line), "\n"+strings.Repeat(" ", indent))
}
