package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// call runs one chain of functions.
func (a *App) call(ctx context.Context, o *options, args []string) error {
	args, help := stripHelp(args)
	o.help = o.help || help
	if err := a.findModuleFlag(o, args); err != nil {
		return err
	}
	m, err := a.load(o)
	if err != nil {
		return err
	}
	c, err := a.parseChain(m, o, args)
	if err != nil {
		return err
	}
	defaults, err := a.userDefaults(m)
	if err != nil {
		return err
	}
	notes, err := defaults.preset(m, c)
	if err != nil {
		return err
	}
	if o.help {
		a.helpCall(c, o)
		return nil
	}
	if err := defaults.checkNames(m); err != nil {
		return err
	}
	progress, err := o.display(a.LookupEnv)
	if err != nil {
		return a.usage("call", err)
	}
	if err := a.checkRequired(c); err != nil {
		return err
	}
	if len(c.steps) == 1 {
		return a.usage("call", errors.New("no function given"))
	}
	if progress != "quiet" {
		for _, n := range notes {
			fmt.Fprintln(a.Stderr, n)
		}
	}
	return a.execute(ctx, m, c, o, progress)
}

// findModuleFlag finds -m anywhere in the arguments: the module determines which flags exist.
func (a *App) findModuleFlag(o *options, args []string) error {
	for i, arg := range args {
		name, value, assigned := strings.Cut(arg, "=")
		short := strings.HasPrefix(arg, "-m") && !strings.HasPrefix(arg, "--") && len(arg) > 2
		switch {
		case arg == "--":
			return nil
		case short:
			o.module = strings.TrimPrefix(arg[2:], "=")
		case name != "-m" && name != "--mod":
		case assigned:
			o.module = value
		case i+1 < len(args):
			o.module = args[i+1]
		default:
			return a.usage("call", fmt.Errorf("flag needs an argument: %s", arg))
		}
	}
	return nil
}
