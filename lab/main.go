package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"dagger/pipeline/lab/state"
)

const usage = `usage: lab COMMAND [--bind ADDRESS]

  up      start the lab, build and push its base images when needed, print its environment
  down    stop it; what it built and stored stays
  env     print its environment as KEY=VALUE lines
  status  tell what runs
  serve   run registry and AWS stand-in in the foreground (what up starts in the background)

  --bind ADDRESS  local address to listen on (up, serve); default 127.0.0.1
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run runs one command and returns the exit code: 0, 1 if it failed, 2 for wrong usage.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	err := dispatch(ctx, args, stdout, stderr)
	var misuse usageError
	switch {
	case err == nil:
		return 0
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stdout, usage)
		return 0
	case errors.As(err, &misuse):
		fmt.Fprintf(stderr, "lab: %v: see \"lab help\"\n", err)
		return 2
	default:
		fmt.Fprintf(stderr, "lab: %v\n", strings.ReplaceAll(err.Error(), "\n", " "))
		return 1
	}
}

type usageError struct{ error }

func dispatch(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if len(args) == 0 {
		return usageError{errors.New("no command")}
	}
	command, rest := args[0], args[1:]
	flags := flag.NewFlagSet(command, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	var bind string
	if command == "up" || command == "serve" {
		flags.StringVar(&bind, "bind", "", "")
	}
	if err := flags.Parse(rest); errors.Is(err, flag.ErrHelp) {
		return err
	} else if err != nil {
		return usageError{err}
	}
	if flags.NArg() > 0 {
		return usageError{fmt.Errorf("unknown argument %q", flags.Arg(0))}
	}
	if bind != "" {
		if err := state.CheckBind(bind); err != nil {
			return err
		}
	}
	if command == "help" || command == "-h" || command == "--help" {
		return flag.ErrHelp
	}
	dir, err := state.Open()
	if err != nil {
		return err
	}
	progress := func(format string, args ...any) { fmt.Fprintf(stderr, "lab: "+format+"\n", args...) }
	switch command {
	case "up":
		return up(ctx, dir, bind, stdout, progress)
	case "down":
		return down(ctx, dir, progress)
	case "env":
		return printEnv(ctx, dir, stdout)
	case "status":
		return printStatus(ctx, dir, stdout)
	case "serve":
		return serve(ctx, dir, bind, progress)
	}
	return usageError{fmt.Errorf("unknown command %q", command)}
}
