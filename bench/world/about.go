package world

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// About is what a reader needs to know about the machine and the run.
type About struct {
	Started    string  `json:"started"`
	Command    string  `json:"command"`
	Seed       uint64  `json:"seed"`
	Commit     string  `json:"commit"`
	Processors int     `json:"processors"`
	Processor  string  `json:"processor"`
	MemoryGB   float64 `json:"memory_gb"`
	Kernel     string  `json:"kernel"`
	System     string  `json:"system"`
	Go         string  `json:"go"`
	Docker     string  `json:"docker"`
	BuildKit   string  `json:"buildkit"`
	Runc       string  `json:"runc"`
	Dagger     string  `json:"dagger"` // of the command line, where there is one
	Python     string  `json:"python"`
	Poetry     string  `json:"poetry"`
	// Load is the load average before the first run, over 1, 5 and 15 minutes.
	Load     string  `json:"load"`
	FreeDisk float64 `json:"disk_free_gb"`
	// Seconds is how long all runs took; Left is how many were not started because time was up.
	Seconds float64 `json:"seconds"`
	Left    int     `json:"runs_left_out"`
}

// About describes the machine now.
func (w *World) About(ctx context.Context, command string, seed uint64) *About {
	say := func(args ...string) string {
		out, err := Command{Dir: w.Checkout, Env: w.Environ(), Args: args}.Run(ctx)
		if err != nil {
			return "unknown"
		}
		text, _, _ := strings.Cut(strings.TrimSpace(out), "\n")
		return text
	}
	var memory float64 // in KiB
	_, _ = fmt.Sscanf(field("/proc/meminfo", "MemTotal"), "%f", &memory)
	return &About{
		Started: time.Now().UTC().Format(time.RFC3339), Command: "go run -C bench . " + command, Seed: seed, Commit: w.Commit,
		Processors: runtime.NumCPU(), Processor: field("/proc/cpuinfo", "model name"), MemoryGB: memory * 1024 / 1e9,
		Kernel: say("uname", "-sr"), System: strings.Trim(field("/etc/os-release", "PRETTY_NAME"), `"`), Go: runtime.Version(),
		Docker: say("/usr/sbin/dockerd", "--version"), BuildKit: say("./pipeline", "version"), Runc: say("runc", "--version"),
		Dagger: say("dagger", "version"),
		Python: say(w.Tools.python, "--version"), Poetry: PoetryVersion,
		Load: strings.Join(strings.Fields(read("/proc/loadavg"))[:3], " "), FreeDisk: float64(w.Free()) / 1e9,
	}
}

// Write puts the description in a file as JSON, the last in a list when add is set.
func (a *About) Write(path string, add bool) error {
	var all []About
	if add {
		if err := json.Unmarshal([]byte(read(path)), &all); err != nil {
			return fmt.Errorf("describing the machine: reading %q: %w", path, err)
		}
		all = slices.DeleteFunc(all, func(b About) bool { return b.Started == a.Started })
	}
	out, err := json.MarshalIndent(append(all, *a), "", "  ")
	if err == nil {
		err = os.WriteFile(path, append(out, '\n'), 0o644)
	}
	if err != nil {
		return fmt.Errorf("describing the machine: %w", err)
	}
	return nil
}

func read(path string) string {
	data, _ := os.ReadFile(path)
	return string(data)
}

// field is the value after a name and a colon or an equals sign, in a file of lines.
func field(path, name string) string {
	for line := range strings.Lines(read(path)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			return strings.TrimSpace(strings.TrimLeft(rest, " \t:="))
		}
	}
	return "unknown"
}
