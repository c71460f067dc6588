package session

import (
	"fmt"
	"net"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/pb"
)

// aliasForm matches a host name.
var aliasForm = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$`)

// options make a service part of a command: its name is an address on the
// command's own loopback, the same in every run, and the command's shim forwards
// connections to it. The service's files are mounted so that the command's result
// depends on these files; the service's key stands for everything else.
func (b binding) options(i int) []llb.RunOption {
	socket := b.path("socket")
	return []llb.RunOption{
		llb.AddExtraHost(b.alias, address(i)),
		llb.AddSSHSocket(llb.SSHID(usedPrefix+b.service.key), llb.SSHSocketOpt(socket, 0, 0, 0o666)),
		llb.AddMount(b.path("files"), b.service.container.fs, llb.ForceNoOutput),
	}
}

// flag is the shim's flag for it.
func (b binding) flag(i int) string {
	var ports []string
	for _, p := range b.service.container.ports {
		ports = append(ports, strconv.Itoa(p.port))
	}
	return fmt.Sprintf("%s=%s:%s", b.path("socket"), address(i), strings.Join(ports, ","))
}

func (b binding) path(name string) string { return path.Join(servicePath, b.alias, name) }

// address is the address of the service with this number; 127.0.0.1 is the command's own.
func address(i int) net.IP { return net.IPv4(127, 0, 0, byte(2+i)) }

// mostServices is the maximum for one container: each has an address.
const mostServices = 250

// serviceFailure is the error of a command that ended because of a problem with its
// services; nil if that was not the reason.
func (s *Server) serviceFailure(exec *pb.ExecOp) error {
	used := false
	for _, m := range exec.GetMounts() {
		key, ok := strings.CutPrefix(m.GetSSHOpt().GetID(), usedPrefix)
		if !ok {
			continue
		}
		used = true
		if failed := s.services.failure(key); failed != nil {
			alias := path.Base(path.Dir(m.Dest))
			return &Error{Message: startError(alias, failed.Message), Extensions: failed.Extensions}
		}
	}
	if used {
		return &Error{Message: "the services of this command ended with another call that ran the same: call again"}
	}
	return nil
}
