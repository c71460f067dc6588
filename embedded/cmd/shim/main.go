// Command shim runs a command as the first process of a container and keeps
// what BuildKit does not: the command's standard output, standard error and exit
// code, as files that are cached together with the exec's result. It removes secrets
// from the output before anything outside the container sees it, and passes a
// stop request on to the command as SIGINT, so that terraform can release its
// lock.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"dagger/pipeline/embedded/scrub"
)

// drain is how long to wait for the output of a process that outlived the
// command.
const drain = 2 * time.Second

type options struct {
	meta        string
	control     string
	expect      string
	stdin       string
	stdout      string
	stderr      string
	secretEnvs  list
	secretFiles list
	services    list
	serve       string
	readiness   string
	proxies     string
	authorities string
}

type list []string

func (l *list) String() string     { return strings.Join(*l, ",") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

func main() {
	var o options
	flag.StringVar(&o.meta, "meta", "", "directory for stdout, stderr, combined and exitCode")
	flag.StringVar(&o.control, "control", "", "unix socket that asks for a stop")
	flag.StringVar(&o.expect, "expect", "SUCCESS", "SUCCESS, FAILURE or ANY")
	flag.StringVar(&o.stdin, "stdin", "", "file to read standard input from")
	flag.StringVar(&o.stdout, "stdout", "", "file to write standard output to")
	flag.StringVar(&o.stderr, "stderr", "", "file to write standard error to")
	flag.Var(&o.secretEnvs, "secret-env", "NAME=PATH: environment variable to set, and the file that holds the secret")
	flag.Var(&o.secretFiles, "secret-file", "path of a file that holds a secret")
	flag.Var(&o.services, "service", "SOCKET=ADDRESS:PORT,PORT: a service that the command uses")
	flag.StringVar(&o.serve, "serve", "", "unix socket of the session, where the command is a service")
	flag.StringVar(&o.readiness, "ready", "{}", "when the service is ready, as JSON")
	flag.StringVar(&o.proxies, "proxies", "", "file of NAME=value lines: the machine's proxies")
	flag.StringVar(&o.authorities, "certificates", "", "file of certificates to trust besides the image's")
	flag.Parse()
	if err := keepOut(); err != nil {
		fmt.Fprintln(os.Stderr, "shim:", err)
		os.Exit(125)
	}
	code, err := run(o, flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "shim:", err)
		os.Exit(125)
	}
	os.Exit(code)
}

// run returns the exit code for BuildKit: 0 when the command ended as
// expected, its own code otherwise.
func run(o options, args []string) (int, error) {
	if len(args) == 0 {
		return 0, errors.New("no command given")
	}
	secrets, err := o.secrets()
	if err != nil {
		return 0, err
	}
	if err := proxies(o.proxies); err != nil {
		return 0, err
	}
	distrust, err := trust(o.authorities, o.meta)
	if err != nil {
		return 0, err
	}
	defer distrust()
	out, err := newOutputs(o, secrets)
	if err != nil {
		return 0, err
	}
	code := execute(o, args, out)
	if err := out.close(code); err != nil {
		return 0, err
	}
	switch {
	case code == noService:
		return unserved, nil
	case met(o.expect, code):
		return 0, nil
	case code == 0:
		return unexpectedSuccess, nil
	}
	return code, nil
}

// unexpectedSuccess is the exit code for BuildKit if the command should have
// failed.
const unexpectedSuccess = 1

func met(expect string, code int) bool {
	switch expect {
	case "ANY":
		return true
	case "FAILURE":
		return code != 0
	default:
		return code == 0
	}
}

func (o options) secrets() (*scrub.Set, error) {
	var set scrub.Set
	for _, pair := range o.secretEnvs {
		name, path, _ := strings.Cut(pair, "=")
		b, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("reading secret: %w", err)
		}
		if err := os.Setenv(name, string(b)); err != nil {
			return nil, fmt.Errorf("setting secret %q: %w", name, err)
		}
		set.Add(string(b))
	}
	for _, path := range o.secretFiles {
		b, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("reading secret: %w", err)
		}
		set.Add(string(b))
	}
	return &set, nil
}

func execute(o options, args []string, out *outputs) int {
	path, err := exec.LookPath(args[0])
	if err != nil {
		fmt.Fprintf(out.stderr, "exec: %q: command not found in the container\n", args[0])
		return 127
	}
	cmd := exec.Command(path, args[1:]...)
	cmd.Args[0] = args[0]
	cmd.Env = slices.DeleteFunc(os.Environ(), func(kv string) bool {
		socket, ok := strings.CutPrefix(kv, "SSH_AUTH_SOCK=")
		return ok && (socket == o.control || socket == o.serve)
	})
	// A group of its own: a stop request reaches the command and its children,
	// as Ctrl-C in a terminal does.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if o.stdin != "" {
		in, err := os.Open(o.stdin)
		if err != nil {
			fmt.Fprintf(out.stderr, "exec: opening standard input: %v\n", err)
			return 126
		}
		defer in.Close()
		cmd.Stdin = in
	}
	lost, err := bind(o.services)
	if err != nil {
		fmt.Fprintf(out.stderr, "exec: %v\n", err)
		return noService
	}
	served, err := newService(o)
	if err != nil {
		fmt.Fprintf(out.stderr, "exec: %v\n", err)
		return 126
	}
	streams, err := connect(cmd, out)
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		fmt.Fprintf(out.stderr, "exec: %v\n", err)
		return 126
	}
	stopped := forwardStop(o.control, cmd.Process.Pid)
	ends := make(chan error, 1)
	if served != nil {
		served.run(cmd.Process.Pid)
	}
	go func() { ends <- cmd.Wait() }()
	select {
	case err = <-ends:
	case <-lost:
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		<-ends
		streams.drain()
		return noService
	}
	if stopped() {
		waitGroup(cmd.Process.Pid)
	}
	streams.drain()
	if served != nil {
		served.ended()
	}
	if err != nil && cmd.ProcessState == nil {
		fmt.Fprintf(out.stderr, "exec: %v\n", err)
		return 126
	}
	status, _ := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if status.Signaled() {
		return 128 + int(status.Signal())
	}
	return status.ExitStatus()
}
