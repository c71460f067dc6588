package harness

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// Request is one line of the AWS stand-in's log.
type Request struct {
	Method  string `json:"method"`
	Path    string `json:"path"`
	Service string `json:"service"`
	Action  string `json:"action"`
	Status  int    `json:"status"`
}

// Requests are the matching requests that the AWS stand-in has answered.
func (w *World) Requests(t testing.TB, match func(Request) bool) []Request {
	t.Helper()
	data, err := os.ReadFile(w.AWS.RequestLog)
	if err != nil {
		t.Fatal(err)
	}
	var out []Request
	for line := range strings.Lines(string(data)) {
		var r Request
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("reading the request log: %v: %q", err, line)
		}
		if match(r) {
			out = append(out, r)
		}
	}
	return out
}

// Locks is how many times the state of an environment was locked: once for each plan, apply
// and destroy.
func (w *World) Locks(t testing.TB, environment string) int {
	t.Helper()
	return len(w.Requests(t, func(r Request) bool {
		return r.Method == http.MethodPut && r.Status == http.StatusOK && strings.HasSuffix(r.Path, "/"+environment+"/terraform.tfstate.tflock")
	}))
}

// Object returns an object of the state bucket, and whether there is one.
func (w *World) Object(t testing.TB, key string) (string, bool) {
	t.Helper()
	body, status := w.aws(t, "s3", "/"+w.AWS.StateBucket+"/"+key)
	switch status {
	case http.StatusOK:
		return body, true
	case http.StatusNotFound:
		return "", false
	}
	t.Fatalf("reading object %q: status %d", key, status)
	return "", false
}

// Locked reports whether the state of an environment of the fixture project is locked now.
func (w *World) Locked(t testing.TB, environment string) bool {
	t.Helper()
	_, locked := w.Object(t, "fixture/"+environment+"/terraform.tfstate.tflock")
	return locked
}

// CodeSHA256 is the checksum of the code of a Lambda function, as AWS gives it.
func (w *World) CodeSHA256(t testing.TB, function string) string {
	t.Helper()
	body, status := w.aws(t, "lambda", "/2015-03-31/functions/"+function)
	var answer struct{ Configuration struct{ CodeSha256 string } }
	if err := json.Unmarshal([]byte(body), &answer); err != nil || status != http.StatusOK {
		t.Fatalf("asking for function %q: status %d: %s", function, status, body)
	}
	return answer.Configuration.CodeSha256
}

// aws reads from the stand-in, which finds the service in a signature's scope and checks
// no signature.
func (w *World) aws(t testing.TB, service, path string) (body string, status int) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, w.AWS.Endpoint+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=tests/20260101/eu-west-1/"+service+"/aws4_request, SignedHeaders=host, Signature=none")
	client := http.Client{Timeout: 30 * time.Second}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(data), resp.StatusCode
}
