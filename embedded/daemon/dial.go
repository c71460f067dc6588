package daemon

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/client/connhelper"

	// Schemes of BUILDKIT_HOST other than unix and tcp.
	_ "github.com/moby/buildkit/client/connhelper/dockercontainer"
	_ "github.com/moby/buildkit/client/connhelper/kubepod"
	_ "github.com/moby/buildkit/client/connhelper/nerdctlcontainer"
	_ "github.com/moby/buildkit/client/connhelper/podmancontainer"
	_ "github.com/moby/buildkit/client/connhelper/ssh"
)

const (
	// answerTimeout bounds one request to a daemon on this machine.
	answerTimeout = 5 * time.Second
	// hostTimeout bounds the first request to BUILDKIT_HOST.
	hostTimeout = 10 * time.Second
)

// checkHost refuses an address that no dialer knows, which gRPC would treat as a name.
func checkHost(host string) error {
	scheme, rest, ok := strings.Cut(host, "://")
	if ok && rest != "" && (scheme == "unix" || scheme == "tcp") {
		return nil
	}
	if h, err := connhelper.GetConnectionHelper(host); err == nil && h != nil {
		return nil
	}
	return errors.New("not an address: want unix://PATH or tcp://HOST:PORT")
}

// answers asks the daemon at address for its identity.
func answers(ctx context.Context, address string, timeout time.Duration) error {
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("no answer in %s", timeout))
	defer cancel()
	if path, ok := strings.CutPrefix(address, "unix://"); ok {
		// A missing or stale socket is known at once; gRPC would try again and again.
		conn, err := (&net.Dialer{}).DialContext(ctx, "unix", path)
		if err != nil {
			return dialCause(err)
		}
		conn.Close()
	}
	c, err := client.New(ctx, address)
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := c.Info(ctx); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return lastCause(err)
	}
	return nil
}

// dialCause is the kernel's error.
func dialCause(err error) error {
	if e := (*net.OpError)(nil); errors.As(err, &e) {
		return e.Err
	}
	return err
}

// lastCause cuts gRPC's layers from an error text.
func lastCause(err error) error {
	text := err.Error()
	if i := strings.LastIndex(text, "desc = "); i >= 0 {
		text = text[i+len("desc = "):]
	}
	for _, layer := range []string{"failed to call info: ", "connection error: ", "transport: Error while dialing: "} {
		text = strings.TrimPrefix(strings.Trim(text, `"`), layer)
	}
	return errors.New(text)
}
