package harness

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Engine runs the pipeline's functions.
type Engine interface {
	// Name is embedded or dagger.
	Name() string
	// Command returns the command line with args, for the module in the directory
	// module. It writes the steps to the file summary if it can.
	Command(ctx context.Context, module, summary string, args []string) *exec.Cmd
	// Stop ends the engine and removes what it kept.
	Stop(ctx context.Context) error
}

// Step is one step as the embedded engine reports it.
type Step struct {
	Name    string  `json:"name"`
	Exec    bool    `json:"exec"`
	Cached  bool    `json:"cached"`
	Seconds float64 `json:"seconds"`
}

// Embedded is the engine of this repository, with its own directories.
type Embedded struct {
	Root string // repository
	// State and Run are the engine's PIPELINE_STATE_DIR and PIPELINE_RUN_DIR.
	State, Run string
	// Env is added to the environment of each command.
	Env []string
	// Wrap is a command that runs the command line, such as setpriv with its flags.
	Wrap []string
}

// Name implements Engine.
func (e Embedded) Name() string { return "embedded" }

// Command implements Engine.
func (e Embedded) Command(ctx context.Context, module, summary string, args []string) *exec.Cmd {
	argv := append(append(append([]string{}, e.Wrap...), filepath.Join(e.Root, "pipeline")), args...)
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env = append(cleanEnviron(), "PIPELINE_STATE_DIR="+e.State, "PIPELINE_RUN_DIR="+e.Run, "PIPELINE_SUMMARY="+summary)
	if module != "" {
		cmd.Env = append(cmd.Env, "PIPELINE_MODULE_DIR="+module)
	}
	cmd.Env = append(cmd.Env, e.Env...)
	return cmd
}

// Stop implements Engine.
func (e Embedded) Stop(ctx context.Context) error {
	if out, err := e.Command(ctx, "", "", []string{"engine", "stop"}).CombinedOutput(); err != nil {
		return fmt.Errorf("stopping the engine: %w: %s", err, out)
	}
	for _, dir := range []string{e.State, e.Run} {
		if err := os.RemoveAll(dir); err != nil {
			return fmt.Errorf("removing the engine's state: %w", err)
		}
	}
	return nil
}

// Dagger is the machine's Dagger engine; the module is a copy without the
// repository's generated files.
type Dagger struct {
	Module string
}

// Name implements Engine.
func (d Dagger) Name() string { return "dagger" }

// Command implements Engine. The display is plain: it shows what an exec prints.
func (d Dagger) Command(ctx context.Context, module, _ string, args []string) *exec.Cmd {
	if module == "" {
		module = d.Module
	}
	cmd := exec.CommandContext(ctx, "dagger", append([]string{"--progress=plain", "-m", module}, args...)...)
	cmd.Env = append(cleanEnviron(), "NO_COLOR=1")
	return cmd
}

// Stop implements Engine. The engine belongs to the machine and keeps running.
func (d Dagger) Stop(context.Context) error { return os.RemoveAll(d.Module) }

// readSteps reads a summary file; there is none when the call ended before the engine was used.
func readSteps(path string) ([]Step, error) {
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var summary struct{ Steps []Step }
	if err := json.Unmarshal(data, &summary); err != nil {
		return nil, fmt.Errorf("reading the summary: %w: %s", err, strings.TrimSpace(string(data)))
	}
	return summary.Steps, nil
}
