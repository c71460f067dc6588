package daemon

import (
	"strconv"
	"strings"
	"testing"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/session"
	"github.com/moby/buildkit/session/secrets/secretsprovider"
)

// TestExec checks what the pipeline asks of the container runtime.
func TestExec(t *testing.T) {
	engine(t)
	c := connect(t)
	cache := llb.AddMount("/cache", llb.Scratch(), llb.AsPersistentCacheDir("test", llb.CacheMountShared))
	const size = 8_000_000 // BuildKit clips at 2 MiB unless told otherwise
	for _, test := range []struct {
		name string
		args []string
		opts []llb.RunOption
		out  int
		err  string
	}{
		{name: "secret variable", args: []string{"secret", "TOKEN", "canary"}, opts: []llb.RunOption{llb.AddSecret("token", llb.SecretID("token"), llb.SecretAsEnv(true), llb.SecretAsEnvName("TOKEN"))}},
		{name: "cache mount", args: []string{"append", "/cache/file", "1"}, opts: []llb.RunOption{cache}},
		{name: "cache mount keeps", args: []string{"append", "/cache/file", "2"}, opts: []llb.RunOption{cache}},
		{name: "seccomp", args: []string{"confined"}},
		{name: "long output", args: []string{"print", strconv.Itoa(size)}, out: size},
		{name: "exit code", args: []string{"exit"}, err: "exit code: 7"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, opt := probe(t, test.args, test.opts...)
			opt.Session = []session.Attachable{secretsprovider.FromMap(map[string][]byte{"token": []byte("canary")})}
			out, err := solve(t.Context(), c, s, opt)
			if test.err == "" && err != nil || test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)) {
				t.Errorf("error %v, want %q: %s", err, test.err, out)
			}
			if len(out) < test.out {
				t.Errorf("%d bytes of output, want %d", len(out), test.out)
			}
		})
	}
}
