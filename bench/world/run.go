package world

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// Command is a command to run and wait for.
type Command struct {
	Dir  string
	Env  []string // in full
	Args []string
}

// Run runs a command, ends it with the context, and returns its standard output. An error contains the end of
// its output.
func (c Command) Run(ctx context.Context) (string, error) {
	cmd := exec.CommandContext(ctx, c.Args[0], c.Args[1:]...)
	cmd.Dir, cmd.Env = c.Dir, c.Env
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 20 * time.Second
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		return "", fmt.Errorf("running %q: %w: %s", short(c.Args), err, tail(stderr.String()+stdout.String()))
	}
	return stdout.String(), nil
}

func short(args []string) string {
	text, _, _ := strings.Cut(strings.Join(args, " "), "\n")
	if len(text) > 120 {
		text = text[:120] + "..."
	}
	return text
}

// tail is the end of a text, on one line.
func tail(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-8):], " | ")
}
