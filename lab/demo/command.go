package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	// stopLimit is how long a command may take to end after an interrupt: terraform
	// writes its state and releases its lock in that time.
	stopLimit = 2 * time.Minute
	// tailLines is how much of the output of a failed command is shown.
	tailLines = 20
)

// failure is a command that failed.
type failure struct {
	command string
	message string   // one line
	tail    []string // the end of its output
}

func (f *failure) Error() string { return fmt.Sprintf("running %q: %s", f.command, f.message) }

// command runs a command, passes each line of its standard error to note and to the log, and returns
// its standard output. An interrupt is passed on to it once.
func (d *demo) command(ctx context.Context, dir string, note func(line string), name string, args ...string) (string, error) {
	return d.withEnv(ctx, dir, nil, note, name, args...)
}

func (d *demo) withEnv(ctx context.Context, dir string, env []string, note func(line string), name string, args ...string) (string, error) {
	shown := strings.Join(append([]string{filepath.Base(name)}, args...), " ")
	fmt.Fprintf(d.log, "\n$ %s\n", shown)
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(d.environment(), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // the terminal's Ctrl-C is the demo's to pass on
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }
	cmd.WaitDelay = stopLimit
	var stdout bytes.Buffer
	cmd.Stdout = &stdout
	reader, writer := io.Pipe()
	cmd.Stderr = writer
	var tail []string
	read := make(chan struct{})
	go func() {
		defer close(read)
		lines := bufio.NewReader(reader)
		for {
			line, err := lines.ReadString('\n')
			if line = strings.TrimRight(line, "\r\n"); line != "" {
				fmt.Fprintln(d.log, line)
				tail = last(append(tail, line), tailLines)
				note(line)
			}
			if err != nil {
				return
			}
		}
	}()
	err := cmd.Run()
	_ = writer.Close()
	<-read
	if err != nil {
		tail = last(append(tail, nonEmpty(stdout.String())...), tailLines)
		return "", &failure{command: shown, message: reason(tail, err), tail: tail}
	}
	return stdout.String(), nil
}

// reason is the command's own last message on why it failed.
func reason(tail []string, err error) string {
	for i := len(tail) - 1; i >= 0; i-- {
		for _, prefix := range []string{"Error: ", "lab: "} {
			if rest, ok := strings.CutPrefix(tail[i], prefix); ok {
				return rest
			}
		}
	}
	return err.Error()
}

func nonEmpty(text string) []string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, "\r\n"); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

func last(lines []string, n int) []string { return lines[max(0, len(lines)-n):] }

// lastLine is the last line that is not empty.
func lastLine(text string) string {
	lines := nonEmpty(text)
	if len(lines) == 0 {
		return ""
	}
	return strings.TrimSpace(lines[len(lines)-1])
}
