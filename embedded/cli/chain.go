package cli

import (
	"fmt"
	"sort"
	"strings"

	"github.com/spf13/pflag"

	"dagger/pipeline/embedded/module"
)

// step is one function of a chain, with the values of its flags.
type step struct {
	fn     module.Function
	path   string // of the command, below the program's name: "call deploy"
	values []*value
	flags  *pflag.FlagSet // of the function alone, for the help
	of     string         // the type that has the function
	core   bool           // a field of the API
}

// chain is a command line: the constructor, then the functions in their order.
type chain struct {
	steps []*step
	next  provider // what the last result offers
	more  bool     // whether it offers something
}

// calls are the steps after the constructor that the module's program answers;
// fields are those that the API answers.
func (c *chain) calls() (calls, fields []*step) {
	n := 1
	for n < len(c.steps) && !c.steps[n].core {
		n++
	}
	return c.steps[1:n], c.steps[n:]
}

// function is the function of the module that is called, as the command line names it.
func (c *chain) function() string {
	calls, _ := c.calls()
	var names []string
	for _, s := range calls {
		names = append(names, s.fn.Command())
	}
	return strings.Join(names, " ")
}

func (c *chain) last() *step { return c.steps[len(c.steps)-1] }

// parseChain reads the arguments of call. Flags of the constructor may also
// come after the functions, if those have no flag of that name.
func (a *App) parseChain(m *module.Module, o *options, args []string) (*chain, error) {
	constructor := newStep(m.Constructor, "call", provider{})
	c := &chain{}
	c.next, c.more = a.provider(m, main(m))
	for s := constructor; ; {
		c.steps = append(c.steps, s)
		fs := flagSet(s.flags, constructor.flags, o.call, o.common)
		if err := fs.Parse(args); err != nil {
			return nil, a.usage(s.path, s.hint(err))
		}
		if args = fs.Args(); len(args) == 0 {
			return c, nil
		}
		name := args[0]
		fn, ok := c.next.find(name)
		if !ok {
			return nil, a.usage(s.path, a.unknownFunction(c, name))
		}
		s = newStep(fn, s.path+" "+fn.Command(), c.next)
		c.next, c.more = a.provider(m, fn.Returns)
		args = args[1:]
	}
}

func (a *App) unknownFunction(c *chain, name string) error {
	err := unknown("command", name, a.Name+" "+c.last().path, c.next.names())
	if c.more && c.next.core && !strings.Contains(err.Error(), "did you mean") {
		return fmt.Errorf("%w: the embedded engine has no such function of a %s: see --help, or use dagger", err, c.next.name)
	}
	return err
}

func newStep(fn module.Function, path string, of provider) *step {
	s := &step{fn: fn, path: path, of: of.name, core: of.core, flags: newFlagSet()}
	for _, arg := range fn.Args {
		if arg.Type.Kind == module.Void {
			continue // of a type that the command line cannot handle
		}
		v := newValue(arg)
		s.values = append(s.values, v)
		f := s.flags.VarPF(v, arg.Flag(), "", arg.Doc)
		if arg.Type.Kind == module.Bool {
			f.NoOptDefVal = "true"
		}
	}
	return s
}

// hint adds the nearest flag to an error about an unknown one.
func (s *step) hint(err error) error {
	name, ok := strings.CutPrefix(err.Error(), "unknown flag: --")
	if !ok {
		return err
	}
	var names []string
	s.flags.VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if n := nearest(name, names); n != "" {
		return fmt.Errorf("%w: did you mean --%s?", err, n)
	}
	return err
}

// checkRequired refuses a step without a value for a required argument.
func (a *App) checkRequired(c *chain) error {
	for _, s := range c.steps {
		var missing []string
		for _, v := range s.values {
			if v.missing() {
				missing = append(missing, v.arg.Flag())
			}
		}
		if len(missing) > 0 {
			sort.Strings(missing)
			return a.usage(s.path, fmt.Errorf(`required flag(s) "%s" not set`, strings.Join(missing, `", "`)))
		}
	}
	return nil
}

// stripHelp removes --help and -h from the arguments, and reports whether there
// were any. Arguments after "--" are left alone.
func stripHelp(args []string) (rest []string, found bool) {
	for i, arg := range args {
		switch arg {
		case "--":
			return append(rest, args[i:]...), found
		case "--help", "-h":
			found = true
		default:
			rest = append(rest, arg)
		}
	}
	return rest, found
}
