package cli

import (
	"context"
	"fmt"
	"sort"
	"strings"
)

func (a *App) functions(_ context.Context, o *options, args []string) error {
	path, err := a.plain(o, "functions", args)
	if err != nil || o.help {
		return err
	}
	m, err := a.load(o)
	if err != nil {
		return err
	}
	p, _ := a.provider(m, main(m))
	for _, name := range path {
		f, ok := p.find(name)
		if !ok {
			return fmt.Errorf("no function %q in type %q", name, p.name)
		}
		if p, ok = a.provider(m, f.Returns); !ok {
			return fmt.Errorf("function %q returns type %q with no further functions available", name, f.Returns)
		}
	}
	sort.Slice(p.functions, func(i, j int) bool { return p.functions[i].Command() < p.functions[j].Command() })
	width := len("Name")
	for _, f := range p.functions {
		width = max(width, len(f.Command()))
	}
	fmt.Fprintf(a.Stdout, "%-*s   %s\n", width, "Name", "Description")
	for _, f := range p.functions {
		fmt.Fprintf(a.Stdout, "%-*s   %s\n", width, f.Command(), f.Short())
	}
	if len(p.skipped) > 0 {
		fmt.Fprintf(a.Stdout, "\nSkipped %d function(s) with unsupported types: %s\n", len(p.skipped), strings.Join(p.skipped, ", "))
	}
	return nil
}
