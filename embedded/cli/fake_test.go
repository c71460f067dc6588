package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"dagger/pipeline/embedded/session"
	"dagger/pipeline/embedded/session/socket"
)

// fixture is a module with every kind of argument and result.
var fixture, _ = filepath.Abs("../module/testdata/fixture")

// programs is the cache of module programs, built once for all tests.
var programs string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "pipeline-cli-*")
	if err != nil {
		panic(err)
	}
	programs = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// engineAPI is what the session server implements.
var engineAPI = func() API {
	data, err := json.Marshal(session.Types())
	if err != nil {
		panic(err)
	}
	var types map[string]struct{ Fields []Field }
	if err := json.Unmarshal(data, &types); err != nil {
		panic(err)
	}
	api := API{}
	for name, t := range types {
		api[name] = t.Fields
	}
	return api
}()

// fakeSession answers queries without an engine: an object's id is the text of
// the query that made it, a scalar is what answers has for the field, and else
// the name of the field.
type fakeSession struct {
	answers map[string]any
	fails   map[string]error // by field
	blocks  map[string]chan struct{}
	blocked chan struct{} // closed when a field blocks
	secret  string
	deaf    bool // running commands do not end when they are interrupted

	mu          sync.Mutex
	queries     []string
	interrupted bool
	killed      bool
	closed      bool
	server      *http.Server
}

func newFake() *fakeSession {
	return &fakeSession{answers: map[string]any{}, fails: map[string]error{}, blocks: map[string]chan struct{}{}, blocked: make(chan struct{})}
}

type fakeError struct {
	message string
	details map[string]any
}

func (e fakeError) Error() string              { return e.message }
func (e fakeError) Extensions() map[string]any { return e.details }

func (f *fakeSession) Query(ctx context.Context, q string) (json.RawMessage, error) {
	f.mu.Lock()
	f.queries = append(f.queries, q)
	f.mu.Unlock()
	doc, err := parser.ParseQuery(&ast.Source{Input: q})
	if err != nil {
		return nil, err
	}
	v, err := f.answer(ctx, "", doc.Operations[0].SelectionSet)
	if err != nil {
		return nil, err
	}
	return json.Marshal(v)
}

func (f *fakeSession) answer(ctx context.Context, path string, set ast.SelectionSet) (any, error) {
	field, ok := set[0].(*ast.Field)
	if !ok {
		return f.answer(ctx, path, set[0].(*ast.InlineFragment).SelectionSet)
	}
	if err := f.fails[field.Name]; err != nil {
		return nil, err
	}
	if c := f.blocks[field.Name]; c != nil {
		close(f.blocked)
		select {
		case <-c:
			return nil, fakeError{"process \"apply\" was interrupted", map[string]any{"_type": "EXEC_ERROR", "exitCode": 1}}
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	var args []string
	for _, a := range field.Arguments {
		args = append(args, a.Name+": "+a.Value.String())
	}
	here := strings.Trim(path+"."+field.Name+"("+strings.Join(args, ", ")+")", ".")
	var v any = field.Name
	var err error
	switch {
	case len(field.SelectionSet) > 0:
		v, err = f.answer(ctx, here, field.SelectionSet)
	case field.Name == "id":
		v = path
	case f.answers[field.Name] != nil:
		v = f.answers[field.Name]
	}
	return map[string]any{field.Alias: v}, err
}

func (f *fakeSession) Serve() (*os.File, error) {
	server, file, err := socket.Serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var req struct{ Query string }
		_ = json.NewDecoder(r.Body).Decode(&req)
		data, err := f.Query(r.Context(), req.Query)
		resp := map[string]any{"data": data}
		if err != nil {
			e := map[string]any{"message": err.Error()}
			var d fakeError
			if errors.As(err, &d) {
				e["extensions"] = d.details
			}
			resp = map[string]any{"errors": []any{e}}
		}
		_ = json.NewEncoder(w).Encode(resp)
	}))
	f.server = server
	return file, err
}

func (f *fakeSession) Interrupt() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.interrupted = true
	if f.deaf {
		return
	}
	for _, c := range f.blocks {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

func (f *fakeSession) wasInterrupted() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.interrupted
}

func (f *fakeSession) Kill() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.killed = true
}

func (f *fakeSession) Close(error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	if f.server != nil {
		return f.server.Close()
	}
	return nil
}

// scrubber replaces the one secret when it is closed.
type scrubber struct {
	bytes.Buffer
	w      io.Writer
	secret string
}

func (f *fakeSession) Scrub(w io.Writer) io.WriteCloser { return &scrubber{w: w, secret: f.secret} }

func (s *scrubber) Close() error {
	text := s.String()
	if s.secret != "" {
		text = strings.ReplaceAll(text, s.secret, "***")
	}
	_, err := io.WriteString(s.w, text)
	return err
}
