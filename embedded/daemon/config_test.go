package daemon

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	buildkitd "github.com/moby/buildkit/cmd/buildkitd/config"
	"github.com/moby/buildkit/util/disk"

	"dagger/pipeline/embedded/files"
)

// TestConfig has buildkitd's own reader read what is written for it.
func TestConfig(t *testing.T) {
	base := filepath.Join(t.TempDir(), `a "quoted" path`)
	d := dirs{state: filepath.Join(base, "state"), run: filepath.Join(base, "run")}
	if err := os.MkdirAll(d.state, 0o700); err != nil {
		t.Fatal(err)
	}
	c, err := newConfig(d, Isolated, false)
	if err != nil {
		t.Fatal(err)
	}
	data, err := c.render()
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "buildkitd.toml")
	if err := files.Write(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := buildkitd.LoadFile(name)
	if err != nil {
		t.Fatalf("%v in\n%s", err, data)
	}
	oci := got.Workers.OCI
	for what, ok := range map[string]bool{
		"root":              got.Root == d.state,
		"address":           len(got.GRPC.Address) == 1 && got.GRPC.Address[0] == d.address(),
		"trace socket":      got.OTEL.SocketPath == d.traces(),
		"confined":          oci.Binary == filepath.Join(d.state, "bin", "confine"),
		"own network":       oci.Mode == "cni" && oci.CNIConfigPath == d.cni() && oci.CNIBinaryPath == d.plugins() && oci.CNIPoolSize > 0,
		"no history":        got.History != nil && got.History.MaxEntries != nil && *got.History.MaxEntries == 0,
		"no containerd":     got.Workers.Containerd.Enabled != nil && !*got.Workers.Containerd.Enabled,
		"no devices":        got.CDI.Disabled != nil && *got.CDI.Disabled,
		"two policies":      len(oci.GCPolicy) == 2 && !oci.GCPolicy[0].All && oci.GCPolicy[1].All,
		"collects garbage":  oci.GC != nil && *oci.GC,
		"host network only": len(got.Entitlements) == 1 && got.Entitlements[0] == "network.host",
	} {
		if !ok {
			t.Errorf("%s: %+v", what, got)
		}
	}
	for _, p := range oci.GCPolicy {
		keep, free := p.MaxUsedSpace.AsBytes(disk.DiskStat{}), p.MinFreeSpace.AsBytes(disk.DiskStat{})
		if keep != c.Keep || free != c.Free || p.ReservedSpace.AsBytes(disk.DiskStat{}) != c.Reserved {
			t.Errorf("policy %+v, want keep %d, free %d, reserved %d", p, c.Keep, c.Free, c.Reserved)
		}
	}
}

// TestLazyConfig: what is written for lazy pulling is what BuildKit and its snapshotter read.
func TestLazyConfig(t *testing.T) {
	base := t.TempDir()
	c, err := newConfig(dirs{state: base, run: base}, Isolated, true)
	if err != nil {
		t.Fatal(err)
	}
	data, err := c.render()
	if err != nil {
		t.Fatal(err)
	}
	got, err := buildkitd.Load(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("%v in\n%s", err, data)
	}
	oci := got.Workers.OCI
	fuse, _ := oci.StargzSnapshotterConfig["fuse"].(map[string]any)
	if oci.Snapshotter != "stargz" || oci.StargzSnapshotterConfig["no_background_fetch"] != true || fuse["entry_timeout"] != int64(3600) || len(oci.GCPolicy) != 2 {
		t.Errorf("%+v in\n%s", oci, data)
	}
}

func TestTryFuse(t *testing.T) {
	if err := tryFuse(os.DevNull); err == nil {
		t.Error("mounted a device that is none of FUSE")
	}
	if err := tryFuse(filepath.Join(t.TempDir(), "fuse")); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("without a device: %v", err)
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil || strings.Contains(string(mounts), "pipeline-try") {
		t.Errorf("left a mount, %v", err)
	}
}

func TestBounds(t *testing.T) {
	for _, test := range []struct{ total, reserved, keep, free int64 }{
		{5 * gigabyte, gigabyte / 2, 3 * gigabyte, gigabyte / 2},
		{20 * gigabyte, gigabyte, 12 * gigabyte, 2 * gigabyte},
		{1000 * gigabyte, gigabyte, 20 * gigabyte, 100 * gigabyte},
	} {
		reserved, keep, free := bounds(test.total)
		if reserved != test.reserved || keep != test.keep || free != test.free {
			t.Errorf("bounds(%d) = %d, %d, %d, want %+v", test.total, reserved, keep, free, test)
		}
	}
}
