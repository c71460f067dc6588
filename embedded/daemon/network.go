package daemon

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"dagger/pipeline/embedded/files"
	"dagger/pipeline/embedded/subnet"
)

// Network says which network containers use.
type Network string

const (
	// Isolated containers each have their own network, and a way out of it.
	Isolated Network = "isolated"
	// Host is this machine's network, including its loopback.
	Host Network = "host"
)

const networkVariable = "PIPELINE_NETWORK"

// ChosenNetwork is what PIPELINE_NETWORK asks for; the default is Isolated.
func ChosenNetwork() (Network, error) {
	switch n := Network(os.Getenv(networkVariable)); n {
	case "", Isolated:
		return Isolated, nil
	case Host:
		return Host, nil
	default:
		return "", fmt.Errorf("reading %s %q: want %s or %s", networkVariable, n, Isolated, Host)
	}
}

// writePlugins copies the programs that the daemon starts for each container to a place that
// only this engine uses, and removes the addresses that a killed daemon assigned.
func writePlugins(d dirs, engine string) error {
	if err := os.RemoveAll(d.leases()); err != nil {
		return fmt.Errorf("removing %q: %w", d.leases(), cause(err))
	}
	if err := os.MkdirAll(d.plugins(), 0o700); err != nil {
		return fmt.Errorf("making %q: %w", d.plugins(), cause(err))
	}
	for _, name := range []string{"confine", "bridge", "loopback", "host-local"} {
		data, err := os.ReadFile(filepath.Join(engine, name))
		if err == nil {
			err = files.Write(filepath.Join(d.plugins(), name), data, 0o700)
		}
		if err != nil {
			return fmt.Errorf("copying %q to %q: %w", name, d.plugins(), cause(err))
		}
	}
	return nil
}

// writeCNI writes how a container is connected: to the bridge, isolated from all its
// ports except the way out.
func writeCNI(d dirs) error {
	type object = map[string]any
	data, err := json.MarshalIndent(object{
		"cniVersion": "1.0.0",
		"name":       "pipeline",
		"plugins": []object{{
			"type":          "bridge",
			"bridge":        subnet.Bridge,
			"mtu":           subnet.MTU,
			"portIsolation": true,
			"ipam": object{
				"type":    "host-local",
				"dataDir": d.leases(),
				"ranges":  [][]object{{{"subnet": subnet.Range.String(), "gateway": subnet.Gateway.String()}}},
				"routes":  []object{{"dst": "0.0.0.0/0"}},
			},
		}},
	}, "", "  ")
	if err == nil {
		err = files.Write(d.cni(), append(data, '\n'), 0o600)
	}
	if err != nil {
		return fmt.Errorf("writing %q: %w", d.cni(), cause(err))
	}
	return nil
}
