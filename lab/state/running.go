package state

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strconv"
	"strings"
)

// Running describes a serving lab. It is written once everything answers.
type Running struct {
	Process
	Moto  Process `json:"moto"`
	Bind  string  `json:"bind"`
	Ports Ports   `json:"ports"`
	// Own is the address of this machine on which containers reach AWS, empty if Bind is set.
	Own string `json:"own,omitempty"`
	// Certificate is the file of the registry's certificate, empty if it uses plain HTTP.
	Certificate string `json:"certificate,omitempty"`
}

// Address returns a service's HOST:PORT.
func (r Running) Address(service string) string {
	return net.JoinHostPort(r.Bind, strconv.Itoa(r.Ports[service]))
}

// Registry returns the URL of the registry.
func (r Running) Registry() string {
	if r.Certificate == "" {
		return "http://" + r.Address("registry")
	}
	return "https://" + r.Address("registry")
}

// ForContainers returns AWS's HOST:PORT for containers, which cannot reach this machine's loopback.
func (r Running) ForContainers() string {
	if r.Own == "" {
		return r.Address("aws")
	}
	return net.JoinHostPort(r.Own, strconv.Itoa(r.Ports["containers"]))
}

// ReadRunning returns the lab that was last recorded as serving, and whether its process is alive.
func (d Dir) ReadRunning() (Running, bool, error) {
	var r Running
	found, err := ReadJSON(d.Path("serve.json"), &r)
	return r, found && r.Alive(), err
}

// WriteRunning records that the lab serves.
func (d Dir) WriteRunning(r Running) error { return WriteJSON(d.Path("serve.json"), r) }

// ClearRunning records that it no longer does.
func (d Dir) ClearRunning() error {
	if err := os.Remove(d.Path("serve.json")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("clearing the lab's state: %w", err)
	}
	return nil
}

// Secret returns the random value kept under a name (32 hex digits, mode 0600), created on first use.
func (d Dir) Secret(name string) (string, error) {
	path := d.Path(name)
	data, err := os.ReadFile(path)
	if value := strings.TrimSpace(string(data)); err == nil && value != "" {
		return value, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("reading a secret of the lab: %w", err)
	}
	raw := make([]byte, 16)
	_, _ = rand.Read(raw) // never fails
	value := hex.EncodeToString(raw)
	return value, WriteFile(path, []byte(value+"\n"))
}
