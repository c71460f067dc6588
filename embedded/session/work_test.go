package session

import (
	"context"
	"testing"

	"github.com/moby/buildkit/client/llb"
)

// marshalled is a command on a file of a local directory, with a secret.
func marshalled(t *testing.T, local, secret, file string) *llb.Definition {
	t.Helper()
	st := llb.Image("base").
		File(llb.Mkfile("/lock", 0o644, []byte(file))).
		Run(llb.Shlex("make test"),
			llb.AddMount("/src", llb.Local("src", llb.LocalUniqueID(local), llb.ExcludePatterns([]string{".git"}))),
			llb.AddSecret("TOKEN", llb.SecretID(secret), llb.SecretAsEnv(true))).
		Run(llb.Shlex("make build")).Root()
	def, err := st.Marshal(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return def
}

func keys(def *llb.Definition) map[string]bool {
	out := map[string]bool{}
	for _, key := range works(def.Def) {
		out[key] = true
	}
	return out
}

func TestWorkIsTheSameInEverySession(t *testing.T) {
	first := keys(marshalled(t, "session-1", "salt-1", "v1"))
	if len(first) != 2 {
		t.Fatalf("%d works for two commands", len(first))
	}
	for key := range keys(marshalled(t, "session-2", "salt-2", "v1")) {
		if !first[key] {
			t.Error("another session gives the same command another name")
		}
	}
	for key := range keys(marshalled(t, "session-1", "salt-1", "v2")) {
		if first[key] {
			t.Error("a command on other files has the same name")
		}
	}
}
