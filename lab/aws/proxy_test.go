package aws

import (
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fakeMoto answers on a Unix socket in a directory whose path is short enough for one.
func fakeMoto(t *testing.T, handler http.HandlerFunc) *Moto {
	t.Helper()
	dir, err := os.MkdirTemp("", "lab")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	l, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	server := &httptest.Server{Listener: l, Config: &http.Server{Handler: handler}}
	server.Start()
	t.Cleanup(server.Close)
	return &Moto{socket: l.Addr().String()}
}

func startProxy(t *testing.T, moto *Moto) (url, logPath string) {
	t.Helper()
	logPath = filepath.Join(t.TempDir(), "requests.jsonl")
	requests, err := OpenLog(logPath)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = requests.Close() })
	server := httptest.NewServer(Proxy(moto, Options{}, requests, log.New(io.Discard, "", 0)))
	t.Cleanup(server.Close)
	return server.URL, logPath
}

func entries(t *testing.T, path string) (all []Entry) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		var e Entry
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("line %q: %v", line, err)
		}
		all = append(all, e)
	}
	return all
}

func TestProxyLogsWithoutCredentials(t *testing.T) {
	var got struct{ host, body, query, path, canary string }
	url, logPath := startProxy(t, fakeMoto(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got.host, got.body, got.query, got.path, got.canary = r.Host, string(body), r.URL.RawQuery, r.URL.EscapedPath(), r.Header.Get("X-Amz-Security-Token")
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, "canary-answer")
	}))
	const body = "Action=AssumeRoleWithWebIdentity&WebIdentityToken=canary-body"
	req, err := http.NewRequest("POST", url+"/a%2Fb?X-Amz-Signature=canary-query;x", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "sts.eu-west-1.amazonaws.com"
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	req.Header.Set("X-Amz-Security-Token", "canary-header")
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=canary-key/20260101/eu-west-1/sts/aws4_request, SignedHeaders=host, Signature=canary-signature")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()

	// The line is there although the answer's body has not been read.
	all := entries(t, logPath)
	if len(all) != 1 {
		t.Fatalf("got %d lines, want 1", len(all))
	}
	e := all[0]
	if e.Method != "POST" || e.Path != "/a/b" || e.Host != req.Host || e.Service != "sts" || e.Action != "AssumeRoleWithWebIdentity" || e.Status != http.StatusTeapot || e.Time.IsZero() {
		t.Errorf("logged %+v", e)
	}
	raw, err := os.ReadFile(logPath)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(raw), "canary") {
		t.Errorf("the log holds a credential: %s", raw)
	}
	// moto gets the request as it was sent.
	if got.host != req.Host || got.body != body || got.query != "X-Amz-Signature=canary-query;x" || got.path != "/a%2Fb" || got.canary != "canary-header" {
		t.Errorf("moto got %+v", got)
	}
	if info, err := os.Stat(logPath); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the log's mode is %v (%v), want 0600", info.Mode(), err)
	}
}

func TestProxyPassesLargeForms(t *testing.T) {
	var size int
	url, _ := startProxy(t, fakeMoto(t, func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		size = len(body)
	}))
	body := "Action=PutRolePolicy&PolicyDocument=" + strings.Repeat("x", 2*formLimit)
	resp, err := http.Post(url, "application/x-www-form-urlencoded", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if size != len(body) {
		t.Errorf("moto got %d bytes, want %d", size, len(body))
	}
}

func TestProxyWithoutMoto(t *testing.T) {
	url, logPath := startProxy(t, &Moto{socket: filepath.Join(t.TempDir(), "none")})
	for path, want := range map[string]int{"/bucket": http.StatusBadGateway, HealthPath: http.StatusServiceUnavailable} {
		resp, err := http.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s: got %d, want %d", path, resp.StatusCode, want)
		}
	}
	if all := entries(t, logPath); len(all) != 1 || all[0].Status != http.StatusBadGateway {
		t.Errorf("logged %+v, want the one request with 502", all)
	}
}

func TestOpenLogKeepsTheLast(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	for _, name := range []string{"/first", "/second"} {
		l, err := OpenLog(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Write(Entry{Path: name}); err != nil {
			t.Fatal(err)
		}
		_ = l.Close()
	}
	if now, before := entries(t, path), entries(t, path+".1"); len(now) != 1 || now[0].Path != "/second" || len(before) != 1 || before[0].Path != "/first" {
		t.Errorf("now %+v, before %+v", now, before)
	}
}
