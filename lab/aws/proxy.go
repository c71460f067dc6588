// Package aws stands in for AWS over HTTP: moto's server behind a reverse proxy that logs each
// request. All of moto's state is in memory: after a restart it is a fresh AWS.
package aws

import (
	"bytes"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"
)

// HealthPath answers 204 when moto answers, and is not logged. No bucket can have that name.
const HealthPath = "/_lab/health"

const formLimit = 1 << 20 // of a form body, no more is read to find its Action

// Options configure where the stand-in differs from moto.
type Options struct {
	Registry       Login         // what ECR hands out a login for
	Sessions       time.Duration // how long STS's sessions last, whatever was asked for; 0: as asked for, and moto never expires them
	ContainerToken string        // what ContainerPath asks for
}

// Proxy returns a handler that passes requests on to moto and logs each before the client sees the
// answer's first byte, so that a client that got an answer finds the line.
func Proxy(moto *Moto, o Options, requests *Log, errors *log.Logger) http.Handler {
	sessions := newSessions(o.Sessions)
	metadata := newMetadata(sessions, o.ContainerToken)
	proxy := &httputil.ReverseProxy{
		Transport: moto.transport(),
		ErrorLog:  errors,
		Rewrite: func(p *httputil.ProxyRequest) {
			p.Out.URL.Scheme, p.Out.URL.Host = "http", "moto"
			p.Out.URL.RawQuery = p.In.URL.RawQuery // signed as it is
			p.Out.Host = p.In.Host                 // moto reads region and bucket from it
		},
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == HealthPath {
			if err := moto.Ping(r.Context()); err != nil {
				http.Error(w, err.Error(), http.StatusServiceUnavailable)
				return
			}
			w.WriteHeader(http.StatusNoContent)
			return
		}
		entry := Entry{Time: time.Now().UTC(), Method: r.Method, Path: r.URL.Path, Host: r.Host}
		if isMetadata(r.URL.Path) {
			entry.Service, entry.Action = "metadata", r.Method+" "+r.URL.Path
			answer := httptest.NewRecorder()
			entry.Status = metadata.serve(answer, r)
			finish(w, answer, requests, entry)
			return
		}
		values := form(r)
		entry.Service, entry.Action = Classify(r, values)
		entry.Session = sessionRequest(entry.Action, values)
		if sessions.expired(r) {
			answer := httptest.NewRecorder()
			entry.Status = refuse(answer, entry.Service, r.Header.Get("X-Amz-Target") != "")
			finish(w, answer, requests, entry)
			return
		}
		each := *proxy
		each.ModifyResponse = func(resp *http.Response) error {
			entry.Status = resp.StatusCode
			if err := o.improve(resp, entry, sessions); err != nil {
				return err
			}
			return requests.Write(entry)
		}
		each.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, err error) {
			entry.Status = http.StatusBadGateway
			_ = requests.Write(entry)
			http.Error(w, "asking moto: "+err.Error(), http.StatusBadGateway)
		}
		each.ServeHTTP(w, r)
	})
}

// improve changes the answers in which moto differs from AWS.
func (o Options) improve(resp *http.Response, entry Entry, sessions *sessions) error {
	switch {
	case resp.StatusCode != http.StatusOK:
	case entry.Session != nil:
		return rewrite(resp, sessions.record)
	case entry.Action == "GetAuthorizationToken" && o.Registry.Host != "":
		return rewrite(resp, o.Registry.authorization(time.Now()))
	}
	return nil
}

// finish logs a request that does not go to moto, then answers it.
func finish(w http.ResponseWriter, answer *httptest.ResponseRecorder, requests *Log, entry Entry) {
	if err := requests.Write(entry); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	maps.Copy(w.Header(), answer.Header())
	w.WriteHeader(entry.Status)
	_, _ = w.Write(answer.Body.Bytes())
}

// form returns the parameters of a form body and leaves the body unread for the proxy.
func form(r *http.Request) url.Values {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") || r.Body == nil {
		return nil
	}
	head, err := io.ReadAll(io.LimitReader(r.Body, formLimit))
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(head), errorOr(err, r.Body)), r.Body}
	values, _ := url.ParseQuery(string(head)) // what is well-formed is enough
	return values
}

func errorOr(err error, r io.Reader) io.Reader {
	if err == nil {
		return r
	}
	return failing{err}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
