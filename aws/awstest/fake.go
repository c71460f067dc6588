package awstest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// Request is what a stand-in received.
type Request struct {
	Action string // "AssumeRole", "GetAuthorizationToken", "GET /latest/..."
	Method string
	Path   string
	Header http.Header
	Form   url.Values
	Body   string
	Host   string
}

// Fake stands in for STS, ECR, S3, IMDS and the container endpoint at once.
type Fake struct {
	*httptest.Server
	mutex    sync.Mutex
	Requests []Request
	// fault, when set, may answer in place of the service; n counts requests of the same action from 1.
	Fault func(w http.ResponseWriter, r Request, n int) bool
	// lifetime of minted sessions; account of the role.
	Lifetime time.Duration
	Account  string
	Objects  map[string]string // bodies of S3 paths with query
}

// NewFake starts one for the time of a test.
func NewFake(t *testing.T) *Fake {
	t.Helper()
	f := &Fake{Lifetime: time.Hour, Account: "123456789012", Objects: map[string]string{}}
	f.Server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(func() {
		f.CloseClientConnections()
		f.Close()
	})
	return f
}

func (f *Fake) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	in := Request{Method: r.Method, Path: r.URL.RequestURI(), Header: r.Header, Body: string(body), Host: r.Host}
	target := r.Header.Get("X-Amz-Target")
	switch {
	case target != "":
		_, in.Action, _ = strings.Cut(target, ".")
	case r.Method == http.MethodPost && r.URL.Path == "/":
		in.Form, _ = url.ParseQuery(in.Body)
		in.Action = in.Form.Get("Action")
	default:
		in.Action = r.Method + " " + r.URL.RequestURI()
	}
	f.mutex.Lock()
	f.Requests = append(f.Requests, in)
	n := 0
	for _, other := range f.Requests {
		if other.Action == in.Action {
			n++
		}
	}
	f.mutex.Unlock()
	if f.Fault != nil && f.Fault(w, in, n) {
		return
	}
	f.answer(w, in)
}

func (f *Fake) answer(w http.ResponseWriter, in Request) {
	expires := time.Now().Add(f.Lifetime).UTC().Format(time.RFC3339)
	keys := fmt.Sprintf("<Credentials><AccessKeyId>%s</AccessKeyId><SecretAccessKey>%s</SecretAccessKey><SessionToken>%s</SessionToken><Expiration>%s</Expiration></Credentials>",
		mintedKey, canaryMinted, canaryIssued, expires)
	switch in.Action {
	case "AssumeRole", "AssumeRoleWithWebIdentity":
		who := fmt.Sprintf("<AssumedRoleUser><AssumedRoleId>AROA:x</AssumedRoleId><Arn>arn:aws:sts::%s:assumed-role/ci-deploy/x</Arn></AssumedRoleUser>", f.Account)
		stsAnswer(w, in.Action, keys+who)
	case "GetCallerIdentity":
		arn := "arn:aws:iam::" + f.Account + ":user/static"
		if strings.Contains(in.Header.Get("Authorization"), "ASIA") {
			arn = "arn:aws:sts::" + f.Account + ":assumed-role/ci-deploy/x"
		}
		stsAnswer(w, in.Action, fmt.Sprintf("<Arn>%s</Arn><UserId>AIDA</UserId><Account>%s</Account>", arn, f.Account))
	case "GetAuthorizationToken":
		JSON(w, 200, map[string]any{"authorizationData": []any{map[string]any{
			"authorizationToken": base64.StdEncoding.EncodeToString([]byte("AWS:" + CanaryLogin)),
			"expiresAt":          time.Now().Add(12 * time.Hour).Unix(), "proxyEndpoint": "https://123456789012.dkr.ecr.eu-west-1.amazonaws.com",
		}}})
	case "PUT /latest/api/token":
		w.Header().Set("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", in.Header.Get("X-Aws-Ec2-Metadata-Token-Ttl-Seconds"))
		_, _ = io.WriteString(w, "imds-token-1")
	case "GET /latest/meta-data/iam/security-credentials/":
		_, _ = io.WriteString(w, "node-role")
	case "GET /latest/meta-data/iam/security-credentials/node-role", "GET /pod":
		JSON(w, 200, map[string]any{"Code": "Success", "AccessKeyId": mintedKey, "SecretAccessKey": canaryMinted, "Token": canaryIssued, "Expiration": expires})
	default:
		f.object(w, in)
	}
}

// object is S3's part.
func (f *Fake) object(w http.ResponseWriter, in Request) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	body, found := f.Objects[in.Path]
	switch {
	case in.Method == http.MethodPut && found && in.Header.Get("If-None-Match") == "*":
		w.WriteHeader(http.StatusPreconditionFailed)
		_, _ = io.WriteString(w, "<Error><Code>PreconditionFailed</Code><Message>it is there</Message></Error>")
	case in.Method == http.MethodPut:
		f.Objects[in.Path] = in.Body
	case in.Method == http.MethodDelete:
		delete(f.Objects, in.Path)
		w.WriteHeader(http.StatusNoContent)
	case found:
		_, _ = io.WriteString(w, body)
	default:
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, "<Error><Code>NoSuchKey</Code><Message>none</Message></Error>")
	}
}

func stsAnswer(w http.ResponseWriter, action, inner string) {
	w.Header().Set("Content-Type", "text/xml")
	_, _ = fmt.Fprintf(w, `<%[1]sResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><%[1]sResult>%[2]s</%[1]sResult></%[1]sResponse>`, action, inner)
}

// JSON answers in the form of ECR.
func JSON(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(v)
}

// Of returns the requests of an action.
func (f *Fake) Of(action string) []Request {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	var out []Request
	for _, r := range f.Requests {
		if r.Action == action {
			out = append(out, r)
		}
	}
	return out
}

func (f *Fake) Actions() []string {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	var out []string
	for _, r := range f.Requests {
		out = append(out, r.Action)
	}
	return out
}

// Digest is that of a content.
func Digest(s string) string { return fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(s))) }

// HeldLock is the lock of a state, as terraform writes it.
const HeldLock = `{"ID":"f3e1-77","Operation":"OperationTypeApply","Info":"","Who":"root@runner-9","Version":"1.15.8","Created":"2026-05-31T08:15:30.123456789Z","Path":"state/app/prod/terraform.tfstate"}`
