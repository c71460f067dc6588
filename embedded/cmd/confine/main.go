// Command confine runs between BuildKit and runc. It removes from each container the
// capabilities that the pipeline's work does not need, and the daemon's trace collector,
// before the container exists, so that nothing inside can undo it. Then it becomes runc.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/opencontainers/runtime-spec/specs-go"
)

// runcVariable holds the path of runc.
const runcVariable = "PIPELINE_RUNC"

func main() {
	err := confine(os.Args[1:])
	if err == nil {
		runc := os.Getenv(runcVariable)
		err = fmt.Errorf("starting runc %q: %w", runc, syscall.Exec(runc, append([]string{"runc"}, os.Args[1:]...), os.Environ()))
	}
	fmt.Fprintln(os.Stderr, "confine:", err)
	os.Exit(1)
}

// confine rewrites what runc is about to read: a container's configuration or, for a
// further process in it, the process's.
func confine(args []string) error {
	switch {
	case slices.Contains(args, "run"), slices.Contains(args, "create"):
		bundle := value(args, "--bundle")
		if bundle == "" {
			return errors.New("no --bundle for a new container")
		}
		return rewrite(filepath.Join(bundle, "config.json"), func(s *specs.Spec) error { return confineContainer(s, bundle) })
	case slices.Contains(args, "exec"):
		file := value(args, "--process")
		if file == "" {
			return errors.New("no --process for a process in a container")
		}
		return rewrite(file, confineProcess)
	}
	return nil
}

// value is the value that follows a flag.
func value(args []string, flag string) string {
	if i := slices.Index(args, flag); i >= 0 && i+1 < len(args) {
		return args[i+1]
	}
	return ""
}

// rewrite changes a JSON file. Its types are those of the module that BuildKit writes it with.
func rewrite[T any](file string, change func(*T) error) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var v T
	if err := json.Unmarshal(data, &v); err != nil {
		return fmt.Errorf("reading %q: %w", file, err)
	}
	if err := change(&v); err != nil {
		return fmt.Errorf("confining %q: %w", file, err)
	}
	if data, err = json.Marshal(v); err != nil {
		return err
	}
	return os.WriteFile(file, data, 0o600)
}

func confineContainer(s *specs.Spec, bundle string) error {
	if s.Process == nil || s.Linux == nil {
		return errors.New("no process in it")
	}
	if slices.ContainsFunc(s.Linux.Namespaces, func(n specs.LinuxNamespace) bool { return n.Type == specs.NetworkNamespace }) {
		if err := useNetwork(s, bundle); err != nil {
			return err
		}
	}
	withoutTraces(s)
	return confineProcess(s.Process)
}

func confineProcess(p *specs.Process) error {
	if p.Capabilities == nil {
		return nil // runc gives none
	}
	c := p.Capabilities
	for _, set := range []*[]string{&c.Bounding, &c.Effective, &c.Inheritable, &c.Permitted, &c.Ambient} {
		*set = slices.DeleteFunc(*set, func(name string) bool { return !slices.Contains(needed, name) })
	}
	return nil
}
