package session

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// program is what a session's server gives to the module's program, in the hands
// of somebody else.
type program struct{ http.RoundTripper }

// unplugged is a session without an engine, with the socket of its program.
func unplugged(t *testing.T) (*Server, program) {
	t.Helper()
	s := New(Options{
		Connect:  func(context.Context) (string, error) { return "", errors.New("no engine") },
		Progress: "quiet",
		Workdir:  t.TempDir(),
	})
	t.Cleanup(func() { _ = s.Close() })
	file, err := s.Serve()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	conn, err := net.FileConn(file)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{
		Protocols:   new(http.Protocols),
		DialContext: func(context.Context, string, string) (net.Conn, error) { return conn, nil },
	}
	transport.Protocols.SetUnencryptedHTTP2(true)
	c, err := transport.NewClientConn(t.Context(), "http", "session:80")
	if err != nil {
		t.Fatal(err)
	}
	return s, program{c}
}

// ask sends a query as the module's program does and returns the whole answer,
// and the message of its error.
func (p program) ask(t *testing.T, query string) (answer, message string) {
	t.Helper()
	body, _ := json.Marshal(map[string]string{"query": query})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://session:80/query", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := p.RoundTrip(req)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var out struct{ Errors []Error }
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatalf("%s: %s: %v", query, b, err)
	}
	for _, e := range out.Errors {
		message += e.Message
	}
	return string(b), message
}

// secrets of the machine that no call was given.
const canary = "canary-7c2f9e-of-the-machine"

func machine(t *testing.T) (file, out string) {
	t.Helper()
	dir := t.TempDir()
	file, out = filepath.Join(dir, "root-only"), filepath.Join(dir, "made", "by-a-query")
	if err := os.WriteFile(file, []byte(canary), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SESSION_TEST_CANARY", canary)
	return file, out
}

func untouched(t *testing.T, query, answer, out string) {
	t.Helper()
	if strings.Contains(answer, canary) {
		t.Errorf("%s: gives a secret of the machine: %s", query, answer)
	}
	if _, err := os.Lstat(filepath.Dir(out)); err == nil {
		t.Errorf("%s: wrote to the machine", query)
		_ = os.RemoveAll(filepath.Dir(out))
	}
}

// TestModuleHasNoWayToTheMachine: who holds the program's socket reads no file,
// runs no command, reads no variable and writes nothing.
func TestModuleHasNoWayToTheMachine(t *testing.T) {
	s, p := unplugged(t)
	file, out := machine(t)
	// What the caller has asked for is no help, unless one has the id.
	query(t, s, fmt.Sprintf(`{secret(uri:"file://%s"){id}}`, file))
	query(t, s, fmt.Sprintf(`{host{directory(path:%q){id}}}`, filepath.Dir(file)))
	for _, q := range []string{
		fmt.Sprintf(`{host{file(path:%q){contents}}}`, file),
		fmt.Sprintf(`{host{directory(path:%q){entries}}}`, filepath.Dir(file)),
		fmt.Sprintf(`{host{directory(path:%q){id}}}`, filepath.Dir(file)),
		fmt.Sprintf(`{secret(uri:"file://%s"){plaintext}}`, file),
		`{secret(uri:"env://SESSION_TEST_CANARY"){plaintext}}`,
		`{secret(uri:"env://SESSION_TEST_CANARY", cacheKey:"k"){plaintext}}`,
		fmt.Sprintf(`{secret(uri:"cmd://mkdir -p %s; cat %s"){plaintext}}`, filepath.Dir(out), file),
		`{x: secret(uri:"env://SESSION_TEST_CANARY"){y: plaintext}}`,
		`{... on Query{secret(uri:"env://SESSION_TEST_CANARY"){plaintext}}}`,
		fmt.Sprintf(`{directory{export(path:%q)}}`, out),
		fmt.Sprintf(`{directory{file(path:"f"){export(path:%q)}}}`, out),
		fmt.Sprintf(`{file(name:"f",contents:"x"){export(path:%q)}}`, out),
	} {
		answer, message := p.ask(t, q)
		if !strings.Contains(message, "reaches the caller's machine") || strings.Contains(message, "\n") {
			t.Errorf("%s: %q, want one line that refuses", q, answer)
		}
		untouched(t, q, answer, out)
	}
}

// TestModuleUsesWhatItWasGiven: by its id, which nobody can guess.
func TestModuleUsesWhatItWasGiven(t *testing.T) {
	s, p := unplugged(t)
	file, _ := machine(t)
	id := query(t, s, fmt.Sprintf(`{secret(uri:"file://%s"){id}}`, file))
	if answer, message := p.ask(t, fmt.Sprintf(`{loadSecretFromID(id:%q){plaintext}}`, id)); message != "" || !strings.Contains(answer, canary) {
		t.Errorf("a secret that was given: %s", answer)
	}
	other, _ := unplugged(t)
	if query(t, other, fmt.Sprintf(`{secret(uri:"file://%s"){id}}`, file)) == id {
		t.Error("the id of a secret is the same in another session")
	}
}

// TestNoFieldIsAWayToTheMachine tries every field of every type, with arguments
// that name what is on the machine.
func TestNoFieldIsAWayToTheMachine(t *testing.T) {
	s, p := unplugged(t)
	secretFile, out := machine(t)
	texts := []string{secretFile, out, "env://SESSION_TEST_CANARY", "file://" + secretFile, "cmd://mkdir -p " + filepath.Dir(out) + "; cat " + secretFile}
	objects := map[string]string{}
	for typ, v := range map[string]any{
		"Container": &container{}, "Directory": &directory{path: "/"}, "File": &file{path: "/f"},
		"Secret": must(s.secrets.add("n", "u", "k", "v")), "CacheVolume": &cacheVolume{key: "k"}, "Host": &host{}, "Service": &service{}, "Socket": s.sockets.add("/nowhere"),
		"Changeset": &changeset{before: &directory{path: "/"}, after: &directory{path: "/"}},
	} {
		objects[typ] = s.objects.wrap("given-"+typ, v).(*object).id
	}
	marked := map[string]bool{}
	for name, typ := range Types() {
		for _, f := range typ.Fields {
			if f.Machine {
				marked[name+"."+f.Name] = true
			}
			for _, text := range texts {
				q := written(f, objects, text)
				if name != "Query" {
					q = fmt.Sprintf(`node(id:%q){... on %s{%s}}`, objects[name], name, q)
				}
				answer, message := p.ask(t, "{"+q+"}")
				untouched(t, q, answer, out)
				if f.Machine && !strings.Contains(message, "reaches the caller's machine") {
					t.Errorf("%s: not refused: %s", q, answer)
				}
			}
		}
	}
	for _, want := range []string{"Query.host", "Query.secret", "Host.file", "Host.directory", "Host.unixSocket", "Directory.export", "File.export", "Container.export"} {
		if !marked[want] {
			t.Errorf("%s is open to the module", want)
		}
	}
}

func must(s *secret, err error) *secret {
	if err != nil {
		panic(err)
	}
	return s
}

// written is a field with text for each of its arguments.
func written(f Field, objects map[string]string, text string) string {
	var args []string
	for _, a := range f.Args {
		typ, list := listOf(a.Type)
		v := fmt.Sprintf("%q", text)
		switch {
		case typ == "Int":
			v = "1"
		case typ == "Boolean":
			v = "true"
		case typ == "ReturnType":
			v = "ANY"
		case objects[strings.TrimSuffix(typ, "ID")] != "":
			v = fmt.Sprintf("%q", objects[strings.TrimSuffix(typ, "ID")])
		}
		if list {
			v = "[" + v + "]"
		}
		args = append(args, a.Name+":"+v)
	}
	q := f.Name
	if len(args) > 0 {
		q += "(" + strings.Join(args, ",") + ")"
	}
	elem, _ := listOf(f.Returns)
	if elem == "Secret" {
		return q + "{plaintext}"
	}
	if _, object := types[elem]; object || elem == "Node" {
		return q + "{id}"
	}
	return q
}
