package session

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/gateway/client"
	gatewaypb "github.com/moby/buildkit/frontend/gateway/pb"
	solver "github.com/moby/buildkit/solver/errdefs"
	"github.com/moby/buildkit/solver/pb"
)

// Error is an error of the API as it travels to the client.
type Error struct {
	Message    string         `json:"message"`
	Extensions map[string]any `json:"extensions,omitempty"`
}

func (e *Error) Error() string { return e.Message }

func (s *Server) asError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Message: s.scrub.String(s.explain(err))}
}

// causes are the engine failures that a user can do something about, by a part of
// BuildKit's message: what to say instead, and what to try next.
var causes = []struct{ part, say string }{
	{"no space left on device", "the engine's disk is full: free some, or run `pipeline engine prune`"},
	{"403 Forbidden", "the registry refused access: check what the login may do"},
	{"connection refused", "the registry cannot be reached: check its address and the network"},
	{"no such host", "the registry's host is unknown: check its address"},
	{"i/o timeout", "the registry does not answer: check its address and the network"},
	{"connection reset", "the registry closed the connection: try again"},
}

// unknownHost is a host without an address: of the registry, or of a server that it sends to.
var unknownHost = regexp.MustCompile(`\blookup ([^\s:]+)(?: on \S+)?: no such host`)

// logins are parts of the messages of a registry that requires a login, or a different
// one. Some registries also send them for an image that does not exist.
var logins = []string{"401 Unauthorized", "authentication required", "no basic auth credentials", "pull access denied", "insufficient_scope", "authorization failed"}

// gone are parts of the messages of a connection that the engine closed.
var gone = []string{"error reading from server", "transport is closing", "buildkitd.sock: connect"}

// explain turns an engine error into one line.
func (s *Server) explain(err error) string {
	m := err.Error()
	has := func(part string) bool { return strings.Contains(m, part) }
	if slices.ContainsFunc(gone, has) {
		return "the engine ended while it worked: it was killed, or the machine ran out of memory: call again; `pipeline engine status` names its log"
	}
	if why := s.dirs.unsent(); why != "" && has("invalid UTF-8") {
		return why
	}
	if what, address := imageOf(m); address != "" || has("no space left") {
		image := what + address
		if slices.ContainsFunc(logins, has) {
			return image + ": " + s.auth.refused(address)
		}
		if m := unknownHost.FindStringSubmatch(m); m != nil {
			return fmt.Sprintf("%s: the host %q is unknown: check the registry's address", image, m[1])
		}
		for _, c := range causes {
			if has(c.part) {
				return strings.TrimPrefix(fmt.Sprintf("%s: %s", image, c.say), ": ")
			}
		}
		if strings.HasSuffix(m, ": not found") {
			return image + ": no such image in the registry: check its name and tag"
		}
	}
	for _, prefix := range []string{"failed to solve: ", "rpc error: code = Unknown desc = ", "failed to run Build function: "} {
		m = strings.ReplaceAll(m, prefix, "")
	}
	return strings.Join(strings.Fields(m), " ")
}

// imageOf finds the cause in an error about an image, and the image's address.
func imageOf(m string) (what, address string) {
	for _, marker := range []string{"pulling image ", "publishing image "} {
		if _, rest, ok := strings.Cut(m, marker); ok {
			address, _, _ = strings.Cut(rest, ": ")
			return marker, address
		}
	}
	return "", ""
}

// noService is the exit code that the shim writes if a service of the command was
// missing.
const noService = "-1"

// execError turns the failure of an exec into Dagger's exec error: the command,
// its exit code and its output, read from what the shim left.
func (s *Server) execError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	var failed *solver.SolveError
	var exit *gatewaypb.ExitError
	if !errors.As(err, &failed) || !errors.As(err, &exit) || failed.Op.GetExec() == nil {
		return err
	}
	args := failed.Op.GetExec().GetMeta().GetArgs()
	for i, a := range args {
		if a == "--" {
			args = args[i+1:]
			break
		}
	}
	out := s.failedOutput(ctx, failed)
	if out["exitCode"] == noService {
		if why := s.serviceFailure(failed.Op.GetExec()); why != nil {
			return why
		}
	}
	msg := fmt.Sprintf("process %q did not complete successfully: exit code: %d", strings.Join(args, " "), exit.ExitCode)
	if s.stops.interrupted() {
		msg = fmt.Sprintf("process %q was interrupted", strings.Join(args, " "))
	}
	return &Error{Message: s.scrub.String(msg), Extensions: map[string]any{
		"_type":    "EXEC_ERROR",
		"cmd":      args,
		"exitCode": exit.ExitCode,
		"stdout":   strings.TrimSpace(out["stdout"]),
		"stderr":   strings.TrimSpace(out["stderr"]),
	}}
}

// failedOutput reads the shim's files from the mounts of a failed exec.
func (s *Server) failedOutput(ctx context.Context, failed *solver.SolveError) map[string]string {
	out := map[string]string{}
	for i, m := range failed.Op.GetExec().GetMounts() {
		if m.Dest != metaPath || i >= len(failed.MountIDs) {
			continue
		}
		ctr, err := s.engine.gateway.NewContainer(ctx, client.NewContainerRequest{Mounts: []client.Mount{
			{Dest: "/", MountType: pb.MountType_BIND, ResultID: failed.MountIDs[i]},
		}})
		if err != nil {
			return out
		}
		defer func() { _ = ctr.Release(ctx) }()
		for _, name := range []string{"stdout", "stderr", "exitCode"} {
			b, err := ctr.ReadFile(ctx, client.ReadContainerRequest{ReadRequest: client.ReadRequest{Filename: "/meta/" + name}})
			if err == nil {
				out[name] = string(b)
			}
		}
	}
	return out
}
