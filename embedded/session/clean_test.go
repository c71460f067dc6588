package session

import (
	"strings"
	"testing"
	"time"

	"github.com/moby/buildkit/client"

	"dagger/pipeline/embedded/scrub"
)

// TestProgressIsClean: neither display gets a secret, a control sequence or a
// command, also where the output comes in parts.
func TestProgressIsClean(t *testing.T) {
	var secrets scrub.Set
	secrets.Add("canary")
	c := newCleaner(secrets.Writer)
	done := time.Now()
	var got strings.Builder
	for _, part := range []string{"a\x1b[", "2J can", "ary\n::set", "-env x\r", "##vs", "o[y] \x1b[31mred ##"} {
		status := &client.SolveStatus{Logs: []*client.VertexLog{{Vertex: "v", Stream: 1, Data: []byte(part)}, {Vertex: "v", Stream: 2, Data: []byte("::")}}}
		c.status(status)
		for _, l := range status.Logs {
			if l.Stream == 1 {
				got.Write(l.Data)
			}
		}
	}
	v := &client.Vertex{Digest: "v", Name: "exec make \x1b[2Jcanary", Error: "process \"\x1b]0;x\x07canary\" failed", Completed: &done}
	status := &client.SolveStatus{Vertexes: []*client.Vertex{v}}
	c.status(status)
	for _, l := range status.Logs {
		if l.Stream == 1 {
			got.Write(l.Data)
		}
	}
	if want := "a ***\n: :set-env x\n## vso[y] \x1b[31mred ##"; got.String() != want {
		t.Errorf("got %q, want %q", got.String(), want)
	}
	if v.Name != "exec make ***" || v.Error != `process "***" failed` {
		t.Errorf("got %q, %q", v.Name, v.Error)
	}
}

func TestOneCharacterIsNotHiddenAndSaidOnce(t *testing.T) {
	var said strings.Builder
	s := New(Options{Stderr: &said})
	t.Cleanup(func() { _ = s.Close() })
	for range 2 {
		query(t, s, `{setSecret(name:"short",plaintext:"e"){id}}`)
		query(t, s, `{setSecret(name:"short",plaintext:"e\n"){id}}`)
		query(t, s, `{setSecret(name:"long",plaintext:"canary"){id}}`)
	}
	if want := "secret \"short\": one character is not hidden in output: it would hide every such character\n"; said.String() != want {
		t.Errorf("said %q, want %q", said.String(), want)
	}
}
