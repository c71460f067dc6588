package session

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/docker/cli/cli/config"
)

// TestRefusedImagesNameTheLogin: which one it was, and what to do.
func TestRefusedImagesNameTheLogin(t *testing.T) {
	dir := t.TempDir()
	known := `{"auths":{"known.example":{"auth":"dTpw"},"https://index.docker.io/v1/":{"auth":"dTpw"}}}`
	if err := os.WriteFile(filepath.Join(dir, "config.json"), []byte(known), 0o600); err != nil {
		t.Fatal(err)
	}
	before := config.Dir()
	config.SetDir(dir)
	t.Cleanup(func() { config.SetDir(before) })
	s := New(Options{})
	t.Cleanup(func() { _ = s.Close() })
	s.auth.set("given.example:5000/path", "u", "p")
	for _, tc := range []struct{ cause, want string }{
		{"pulling image given.example:5000/path/app:1: failed to authorize: 401 Unauthorized",
			"pulling image given.example:5000/path/app:1: the registry refused the login: check the registry's user name and password"},
		{"pulling image known.example/base:1: unexpected status: 401 Unauthorized",
			"pulling image known.example/base:1: the registry refused the login for \"known.example\" in the machine's docker configuration, or has no such image: check the name, or log in again with `docker login known.example`"},
		{"pulling image private.example/base:1: no basic auth credentials",
			"pulling image private.example/base:1: the registry asks for a login for \"private.example\", or has no such image: check the name, or log in with `docker login private.example` before the call: the machine's docker configuration is read (DOCKER_CONFIG)"},
		{"pulling image team/base:1: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed",
			"pulling image team/base:1: the registry refused the login for \"docker.io\" in the machine's docker configuration"},
		{"pulling image x.example/base:1: dial tcp: connection refused", "pulling image x.example/base:1: the registry cannot be reached"},
		{"pulling image team/base:1: failed to fetch oauth token: Post \"https://auth.example/token\": dial tcp: lookup auth.example on 127.0.0.53:53: no such host", "pulling image team/base:1: the host \"auth.example\" is unknown: check the registry's address"},
		{"publishing image x.example/a:1: push: 403 Forbidden", "publishing image x.example/a:1: the registry refused access"},
		{"pulling image x.example/a:1: not found", "pulling image x.example/a:1: no such image in the registry"},
		{"pulling image x.example/a:1: Unavailable: error reading from server: EOF", "the engine ended while it worked"},
		{"rpc error: code = Unavailable desc = connection error: desc = \"transport: Error while dialing: dial unix /run/pipeline/buildkitd.sock: connect: connection refused\"", "the engine ended while it worked"},
		{"mkdir x: no space left on device", "the engine's disk is full"},
		{"failed to solve: some\n  thing", "some thing"},
	} {
		if got := s.explain(errors.New(tc.cause)); !strings.HasPrefix(got, tc.want) {
			t.Errorf("%s:\n got %s\nwant %s", tc.cause, got, tc.want)
		}
	}
}
