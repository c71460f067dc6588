package daemon

import (
	"bytes"
	"fmt"
	"path/filepath"
	"text/template"

	"golang.org/x/sys/unix"
)

const (
	gigabyte = 1_000_000_000
	// keepAtMost bounds the cache on a large disk; a small one gives keepShare of
	// its size, and keepFree of it always stays free.
	keepAtMost = 20 * gigabyte
	keepShare  = 60 // per cent
	keepFree   = 10 // per cent
	// keepAtLeast stays however full the disk is, so that a build can end.
	keepAtLeast = gigabyte
)

// config is the content of buildkitd.toml.
type config struct {
	Root, Socket, Traces, Runc string
	Plugins, CNI               string // of the containers' network; empty without one
	Reserved, Keep, Free       int64  // bytes
	Lazy                       bool   // images are fetched as far as they are read
}

// newConfig derives the configuration from the directories and the state's disk.
func newConfig(d dirs, n Network, lazy bool) (config, error) {
	var disk unix.Statfs_t
	if err := unix.Statfs(d.state, &disk); err != nil {
		return config{}, fmt.Errorf("measuring the disk of %q: %w", d.state, err)
	}
	c := config{Root: d.state, Socket: d.address(), Traces: d.traces(), Runc: filepath.Join(d.plugins(), "confine"), Lazy: lazy}
	if n == Isolated {
		c.Plugins, c.CNI = d.plugins(), d.cni()
	}
	c.Reserved, c.Keep, c.Free = bounds(int64(disk.Blocks) * disk.Frsize)
	return c, nil
}

// bounds returns how much the cache may always hold, how much at most, and how much
// must stay free, on a disk of the given size.
func bounds(total int64) (reserved, keep, free int64) {
	free = total / 100 * keepFree
	return min(keepAtLeast, free), min(keepAtMost, total/100*keepShare), free
}

// maxEntries 0 turns the build history off: no output of any step reaches the disk.
// Network host is what a call may ask for; the session decides about it.
// Loopback registries speak HTTP: the lab's, and a team's pull-through cache.
// A layer that is read lazily never changes: the kernel may keep what it knows of it. What
// nobody reads is not fetched in the background either. The size of a part weighs bytes that
// nobody reads against waiting for a registry that is far: 100 Mbit/s and 40 ms there and back
// carry twice as much in the time of one request.
var configTemplate = template.Must(template.New("buildkitd.toml").Parse(`# Written at each start.
root = {{printf "%q" .Root}}
insecure-entitlements = ["network.host"]

[log]
  level = "info"

[grpc]
  address = [{{printf "%q" .Socket}}]

[otel]
  socketPath = {{printf "%q" .Traces}}

[cdi]
  disabled = true

[history]
  maxEntries = 0

[worker.containerd]
  enabled = false

[worker.oci]
  enabled = true
  binary = {{printf "%q" .Runc}}
{{- if .CNI}}
  networkMode = "cni"
  cniConfigPath = {{printf "%q" .CNI}}
  cniBinaryPath = {{printf "%q" .Plugins}}
  cniPoolSize = 4
{{- else}}
  networkMode = "host"
{{- end}}
  snapshotter = "{{if .Lazy}}stargz{{else}}auto{{end}}"
  gc = true

  [[worker.oci.gcpolicy]]
    reservedSpace = "{{.Reserved}}"
    maxUsedSpace = "{{.Keep}}"
    minFreeSpace = "{{.Free}}"

  [[worker.oci.gcpolicy]]
    all = true
    reservedSpace = "{{.Reserved}}"
    maxUsedSpace = "{{.Keep}}"
    minFreeSpace = "{{.Free}}"
{{- if .Lazy}}

  [worker.oci.stargzSnapshotter]
    noprefetch = true
    no_background_fetch = true
    no_prometheus = true

    [worker.oci.stargzSnapshotter.fuse]
      attr_timeout = 3600
      entry_timeout = 3600

    [worker.oci.stargzSnapshotter.blob]
      chunk_size = 250000
{{- end}}
`))

func (c config) render() ([]byte, error) {
	var b bytes.Buffer
	err := configTemplate.Execute(&b, c)
	return b.Bytes(), err
}
