package environments

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// s3 sends the stand-in a request about the state bucket: an object, or a query.
func s3(t *testing.T, method, what, body string) (status int, answer string) {
	t.Helper()
	return send(t, method, "/"+world.AWS.StateBucket+what, body)
}

// bucket sends the stand-in a request about a bucket's setting.
func bucket(t *testing.T, method, name, setting, body string) (status int, answer string) {
	t.Helper()
	return send(t, method, "/"+name+"?"+setting, body)
}

// send sends a request to S3; the stand-in looks at a signature's scope only.
func send(t *testing.T, method, path, body string) (status int, answer string) {
	t.Helper()
	req, err := http.NewRequest(method, world.AWS.Endpoint+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", s3Scope)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(data)
}

const s3Scope = "AWS4-HMAC-SHA256 Credential=tests/20260101/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=none"

func putObject(t *testing.T, key, body string) {
	t.Helper()
	if status, answer := s3(t, http.MethodPut, "/"+key, body); status != http.StatusOK {
		t.Fatalf("writing object %q: status %d: %s", key, status, answer)
	}
}

// holdLock locks an environment as a run named who does.
func holdLock(t *testing.T, environment, who, operation string) {
	t.Helper()
	putObject(t, stateKey(environment)+".tflock", `{"ID":"`+lockID+`","Operation":"`+operation+`","Info":"","Who":"`+who+`","Version":"1.11.4","Created":"2026-11-02T03:04:05.678Z","Path":"`+
		world.AWS.StateBucket+"/"+stateKey(environment)+`"}`)
}

const lockID = "c0ffee00-1111-2222-3333-444455556666"
