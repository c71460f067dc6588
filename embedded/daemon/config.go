package daemon

import (
	"bytes"
	"fmt"
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

// config is what buildkitd.toml says.
type config struct {
	Root, Socket, Traces, Runc string
	Reserved, Keep, Free       int64 // bytes
}

// newConfig derives the configuration from the directories and the state's disk.
func newConfig(d dirs, runc string) (config, error) {
	var disk unix.Statfs_t
	if err := unix.Statfs(d.state, &disk); err != nil {
		return config{}, fmt.Errorf("measuring the disk of %q: %w", d.state, err)
	}
	total := int64(disk.Blocks) * disk.Frsize
	return config{
		Root:     d.state,
		Socket:   d.address(),
		Traces:   d.traces(),
		Runc:     runc,
		Reserved: min(keepAtLeast, total/100*keepFree),
		Keep:     min(keepAtMost, total/100*keepShare),
		Free:     total / 100 * keepFree,
	}, nil
}

// maxEntries 0 turns the build history off: no output of any step reaches the disk.
// Loopback registries speak HTTP: the lab's, and a team's pull-through cache.
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
  networkMode = "host"
  snapshotter = "auto"
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
`))

func (c config) render() ([]byte, error) {
	var b bytes.Buffer
	err := configTemplate.Execute(&b, c)
	return b.Bytes(), err
}
