package bindings

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"dagger/pipeline/embedded/module"
	"dagger/pipeline/embedded/session/socket"
)

func TestServe(t *testing.T) {
	path := buildShapes(t)
	for _, tc := range []struct{ name, request, want string }{
		{"value receiver and New with an error", `{"calls":[{"function":"Pipeline.Value"}]}`, `Boolean true`},
		{"constructor's argument", `{"constructor":{"name":"n"},"calls":[{"function":"Pipeline.Name"}]}`, `String "n"`},
		{"constructor's error", `{"constructor":{"name":"bad"},"calls":[{"function":"Pipeline.Value"}]}`, `error: making the pipeline: bad name`},
		{"nil field", `{"calls":[{"function":"Pipeline.Count"}]}`, `Void `},
		{"panic", `{"calls":[{"function":"Pipeline.Panics"}]}`, `error: calling Pipeline.Panics: panic: oops`},
		{"no such function", `{"calls":[{"function":"Pipeline.Nope"}]}`, `error: calling Pipeline.Nope: no such function`},
		{"variadic", `{"calls":[{"function":"Pipeline.Joined","args":{"modes":["fast","slow"]}}]}`, `String "2 [fast slow]"`},
		{"variadic without values", `{"calls":[{"function":"Pipeline.Joined"}]}`, `String "0 []"`},
		{"numbers", `{"calls":[{"function":"Pipeline.Numbers","args":{"ns":[1,2],"f":1.5,"on":true}}]}`, `String "[1 2] 1.5 true"`},
		{"null is absent", `{"calls":[{"function":"Pipeline.Numbers","args":{"ns":null,"on":null}}]}`, `String "[] 0 false"`},
		{"wrong type", `{"calls":[{"function":"Pipeline.Numbers","args":{"ns":"x"}}]}`, `error: argument ns: json: cannot unmarshal string`},
		{"objects", `{"calls":[{"function":"Pipeline.Objects","args":{"dirs":["a","b"],"secret":"s","socket":"k"}}]}`, `String "2 true true true true"`},
		{"list of numbers", `{"calls":[{"function":"Pipeline.Floats"}]}`, `[Float] [1.5,2]`},
		{"nil object", `{"calls":[{"function":"Pipeline.Nothing"}]}`, `Void `},
		{"enum", `{"calls":[{"function":"Pipeline.Picked","args":{"mode":"slow"}}]}`, `String "slow"`},
		{"inline struct and an object", `{"calls":[{"function":"Pipeline.Inside","args":{"Words":["a","b"],"Dir":"d","hidden":3}},{"function":"Inside.Show"}]}`, `String "[a b] true 3"`},
		{"inline struct without values", `{"calls":[{"function":"Pipeline.Inside"},{"function":"Inside.Again","args":{"n":7}},{"function":"Inside.Kept"}]}`, `String "[] false 07"`},
		{"inline struct, wrong type", `{"calls":[{"function":"Pipeline.Inside","args":{"hidden":"x"}}]}`, `error: argument hidden: json: cannot unmarshal string`},
		{"object by value", `{"calls":[{"function":"Pipeline.ByValue"},{"function":"Inside.Show"}]}`, `String "value"`},
		{"object at the end", `{"calls":[{"function":"Pipeline.ByValue"}]}`, `Inside `},
		{"no object to call on", `{"calls":[{"function":"Pipeline.NoInside"},{"function":"Inside.Show"}]}`, `error: calling Inside.Show: Pipeline.NoInside gave nothing to call it on`},
		{"error with details", `{"calls":[{"function":"Pipeline.Wrapped"}]}`, `error: outer: inner map[exitCode:5]`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var req module.Request
			if err := json.Unmarshal([]byte(tc.request), &req); err != nil {
				t.Fatal(err)
			}
			p := module.Program{Path: path, Session: session(t, http.NotFound), Dir: t.TempDir(), Output: new(bytes.Buffer)}
			resp, err := p.Call(context.Background(), req)
			got := resp.Type + " " + string(resp.Value)
			if err != nil {
				got = "error: " + err.Error()
			}
			if resp.Error != nil && resp.Error.Details != nil {
				got += fmt.Sprintf(" %v", resp.Error.Details)
			}
			if !strings.HasPrefix(got, tc.want) {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

// session answers the program with h.
func session(t *testing.T, h http.HandlerFunc) *os.File {
	t.Helper()
	server, file, err := socket.Serve(h)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	return file
}

// TestServeAsksManyThingsAtOnce: no query waits for another, and the connection
// is one.
func TestServeAsksManyThingsAtOnce(t *testing.T) {
	const n = 500
	var together sync.WaitGroup
	together.Add(n)
	file := session(t, func(w http.ResponseWriter, _ *http.Request) {
		together.Done()
		together.Wait()
		_, _ = io.WriteString(w, `{"data":{"version":"v"}}`)
	})
	p := module.Program{Path: buildShapes(t), Session: file, Dir: t.TempDir(), Output: new(bytes.Buffer)}
	if _, err := p.Call(t.Context(), module.Request{Calls: []module.Call{{Function: "Pipeline.Many", Args: map[string]any{"n": n}}}}); err != nil {
		t.Error(err)
	}
}

// TestServeEndsWithItsCaller: the program ends when its requests are closed, and
// no signal ends it before.
func TestServeEndsWithItsCaller(t *testing.T) {
	requests, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	read, answers, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	cmd := exec.Command(buildShapes(t))
	cmd.ExtraFiles = []*os.File{requests, answers}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := write.WriteString(`{"calls":[{"function":"Pipeline.Waits"}]}` + "\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 8)); err != nil { // it waits now
		t.Fatal(err)
	}
	for range 3 {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Errorf("a signal ended the program: %v", err)
	}
	write.Close()
	if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("ended with %v", err)
	}
}

func TestServeByHand(t *testing.T) {
	out, err := exec.Command(buildShapes(t)).CombinedOutput()
	if err == nil || !strings.HasPrefix(string(out), "reading a call: ") {
		t.Errorf("got %v: %s", err, out)
	}
}
