package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/opencontainers/runtime-spec/specs-go"
)

// usual are the capabilities that BuildKit gives.
var usual = []string{
	"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID",
	"CAP_SETFCAP", "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE",
}

func process() *specs.Process {
	set := func() []string { return slices.Clone(usual) }
	return &specs.Process{Cwd: "/work", Capabilities: &specs.LinuxCapabilities{
		Bounding: set(), Effective: set(), Inheritable: set(), Permitted: set(), Ambient: set(),
	}}
}

func write(t *testing.T, name string, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func read[T any](t *testing.T, path string) (v T) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, &v)
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// checkCapabilities: the sets hold what is needed, in any order, and nothing else.
func checkCapabilities(t *testing.T, c *specs.LinuxCapabilities) {
	t.Helper()
	for _, set := range [][]string{c.Bounding, c.Effective, c.Inheritable, c.Permitted, c.Ambient} {
		if got := slices.Sorted(slices.Values(set)); !slices.Equal(got, needed) {
			t.Errorf("left %q, want %q", got, needed)
		}
	}
}

func TestContainer(t *testing.T) {
	const port = "net.ipv4.ip_unprivileged_port_start"
	for _, command := range []string{"run", "create"} {
		for name, test := range map[string]struct {
			namespaces []specs.LinuxNamespace
			start      string
		}{
			"network of its own": {[]specs.LinuxNamespace{{Type: specs.PIDNamespace}, {Type: specs.NetworkNamespace, Path: "/net"}}, "0"},
			"the machine's":      {[]specs.LinuxNamespace{{Type: specs.PIDNamespace}}, ""},
		} {
			config := write(t, "config.json", specs.Spec{Process: process(), Hostname: "kept", Linux: &specs.Linux{Namespaces: test.namespaces}})
			if err := confine([]string{"--log", "create.json", command, "--bundle", filepath.Dir(config), "id"}); err != nil {
				t.Fatal(err)
			}
			got := read[specs.Spec](t, config)
			checkCapabilities(t, got.Process.Capabilities)
			if got.Hostname != "kept" || got.Process.Cwd != "/work" {
				t.Errorf("%s, %s: the rest was changed: %+v", command, name, got)
			}
			if got.Linux.Sysctl[port] != test.start {
				t.Errorf("%s, %s: first free port is %q, want %q", command, name, got.Linux.Sysctl[port], test.start)
			}
		}
	}
}

// TestNameserver: names are asked for at the gateway alone, and only where there is one.
func TestNameserver(t *testing.T) {
	resolv := filepath.Join(t.TempDir(), "resolv.conf")
	if err := os.WriteFile(resolv, []byte("# made\nnameserver 8.8.8.8\nnameserver ::1\nsearch example.org\noptions ndots:2"), 0o600); err != nil {
		t.Fatal(err)
	}
	spec := specs.Spec{Process: process(), Linux: &specs.Linux{}, Mounts: []specs.Mount{{Destination: "/proc", Source: "proc"}, {Destination: "/etc/resolv.conf", Source: resolv}}}
	source := func() string {
		config := write(t, "config.json", spec)
		if err := confine([]string{"run", "--bundle", filepath.Dir(config), "id"}); err != nil {
			t.Fatal(err)
		}
		return read[specs.Spec](t, config).Mounts[1].Source
	}
	if got := source(); got != resolv {
		t.Errorf("on the machine's network: %q in place of %q", got, resolv)
	}
	spec.Linux.Namespaces = []specs.LinuxNamespace{{Type: specs.NetworkNamespace}}
	text, err := os.ReadFile(source())
	if want := "nameserver 198.18.0.1\n# made\nsearch example.org\noptions ndots:2\n"; err != nil || string(text) != want {
		t.Errorf("got %q, %v, want %q", text, err, want)
	}
}

// TestTraceCollector: no container has the daemon's, or is told of it; a project's own stays.
func TestTraceCollector(t *testing.T) {
	kept := []string{"PATH=/bin", "OTEL_SERVICE_NAME=shop"}
	for _, test := range []struct{ given, want []string }{
		{append(slices.Clone(kept), "OTEL_TRACES_EXPORTER=otlp", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=unix:///dev/otel-grpc.sock", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=grpc", "TRACEPARENT=00-1"), kept},
		{append(slices.Clone(kept), "OTEL_TRACES_EXPORTER=console"), append(slices.Clone(kept), "OTEL_TRACES_EXPORTER=console")},
	} {
		p := process()
		p.Env = test.given
		config := write(t, "config.json", specs.Spec{Process: p, Linux: &specs.Linux{}, Mounts: []specs.Mount{{Destination: "/proc"}, {Destination: "/dev/otel-grpc.sock", Source: "/run/x"}}})
		if err := confine([]string{"run", "--bundle", filepath.Dir(config), "id"}); err != nil {
			t.Fatal(err)
		}
		got := read[specs.Spec](t, config)
		if len(got.Mounts) != 1 || got.Mounts[0].Destination != "/proc" {
			t.Errorf("mounts %+v", got.Mounts)
		}
		if !slices.Equal(got.Process.Env, test.want) {
			t.Errorf("variables %q, want %q", got.Process.Env, test.want)
		}
	}
}

func TestFurtherProcess(t *testing.T) {
	file := write(t, "process", process())
	if err := confine([]string{"exec", "--process", file, "id"}); err != nil {
		t.Fatal(err)
	}
	checkCapabilities(t, read[specs.Process](t, file).Capabilities)
}

// TestRefused: what cannot be confined does not start.
func TestRefused(t *testing.T) {
	for name, args := range map[string][]string{
		"no bundle":    {"run", "id"},
		"no file":      {"run", "--bundle", t.TempDir(), "id"},
		"no process":   {"run", "--bundle", filepath.Dir(write(t, "config.json", specs.Spec{})), "id"},
		"not JSON":     {"exec", "--process", write(t, "process", "text"), "id"},
		"exec by hand": {"exec", "id", "sh"},
	} {
		if err := confine(args); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if err := confine([]string{"delete", "--force", "id"}); err != nil {
		t.Errorf("delete: %v", err)
	}
}
