package environments

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"dagger/pipeline/tests/harness"
)

// faulty is an S3 in front of the lab's that can refuse to write states.
type faulty struct {
	*httptest.Server
	refuse  atomic.Bool
	refused atomic.Int64
}

// listen starts a server where the engine's containers reach it: on the address of the lab.
func listen(t *testing.T, handler http.Handler) *httptest.Server {
	t.Helper()
	lab, err := url.Parse(world.AWS.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(lab.Hostname(), "0"))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(handler)
	_ = server.Listener.Close()
	server.Listener = listener
	server.Start()
	t.Cleanup(server.Close)
	return server
}

func newFaulty(t *testing.T) *faulty {
	t.Helper()
	lab, err := url.Parse(world.AWS.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	f := &faulty{}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.Out.URL.Scheme, r.Out.URL.Host = lab.Scheme, lab.Host
		r.Out.Host = r.In.Host
	}}
	f.Server = listen(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f.refuse.Load() && r.Method == http.MethodPut && strings.HasSuffix(r.URL.Path, "/terraform.tfstate") {
			f.refused.Add(1)
			w.Header().Set("Content-Type", "application/xml")
			w.WriteHeader(http.StatusForbidden)
			_, _ = w.Write([]byte("<Error><Code>AccessDenied</Code><Message>a fault of the test</Message></Error>"))
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	return f
}

// on sends a call's requests through this server.
func (f *faulty) on(c harness.Call) harness.Call {
	return common(c.And("--aws-endpoint", f.URL))
}
