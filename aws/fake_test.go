package aws

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

// Canaries: values that may appear in no message. They are shaped like the real ones.
const (
	canaryToken   = "eyJhbGciOiJSUzI1NiJ9.CANARYwebidentity.c2lnbmF0dXJl"
	canarySecret  = "CANARYsecretKey/wJalrXUtnFEMIK7MDENG+bPxRfiCY"
	canarySession = "CANARYsessionToken//////////IQoJb3JpZ2luX2VjE"
	canaryMinted  = "CANARYmintedSecret/9drTJvcXLB89EXAMPLELB8923"
	canaryIssued  = "CANARYmintedToken//////////AQoXdzELDDY8HsmZ5"
	canaryLogin   = "CANARYecrPassword"
	canaryPod     = "CANARYpodAuthorization"
	roleARN       = "arn:aws:iam::123456789012:role/ci-deploy"
	staticKey     = "AKIACANARY0000000000"
	temporaryKey  = "ASIACANARY0000000000"
	mintedKey     = "ASIAMINTED0000000000"
)

// canaries are all forms in which a credential may not be seen.
func canaries() []string {
	var all []string
	for _, c := range []string{canaryToken, canarySecret, canarySession, canaryMinted, canaryIssued, canaryLogin, canaryPod, "AWS:" + canaryLogin, "robot:" + canaryLogin} {
		all = append(all, c, base64.StdEncoding.EncodeToString([]byte(c)), url.QueryEscape(c))
	}
	return append(all, "CANARY")
}

// noCanary fails when a text shows a credential. The access key ids hold the word too, and are no secret.
func noCanary(t *testing.T, text string) {
	t.Helper()
	text = strings.NewReplacer(staticKey, "", temporaryKey, "").Replace(text)
	for _, c := range canaries() {
		if strings.Contains(text, c) {
			t.Errorf("credential %q shows in: %s", c, text)
		}
	}
}

// request is what a stand-in received.
type request struct {
	Action string // "AssumeRole", "GetAuthorizationToken", "GET /latest/..."
	Method string
	Path   string
	Header http.Header
	Form   url.Values
	Body   string
	Host   string
}

// fake stands in for STS, ECR, S3, IMDS and the container endpoint at once.
type fake struct {
	*httptest.Server
	mutex    sync.Mutex
	requests []request
	// fault, when set, may answer in place of the service; n counts requests of the same action from 1.
	fault func(w http.ResponseWriter, r request, n int) bool
	// lifetime of minted sessions; account of the role.
	lifetime time.Duration
	account  string
	objects  map[string]string // bodies of S3 paths with query
}

func newFake(t *testing.T) *fake {
	t.Helper()
	f := &fake{lifetime: time.Hour, account: "123456789012", objects: map[string]string{}}
	f.Server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(func() {
		f.CloseClientConnections()
		f.Close()
	})
	return f
}

func (f *fake) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	in := request{Method: r.Method, Path: r.URL.RequestURI(), Header: r.Header, Body: string(body), Host: r.Host}
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
	f.requests = append(f.requests, in)
	n := 0
	for _, other := range f.requests {
		if other.Action == in.Action {
			n++
		}
	}
	f.mutex.Unlock()
	if f.fault != nil && f.fault(w, in, n) {
		return
	}
	f.answer(w, in)
}

func (f *fake) answer(w http.ResponseWriter, in request) {
	expires := time.Now().Add(f.lifetime).UTC().Format(time.RFC3339)
	keys := fmt.Sprintf("<Credentials><AccessKeyId>%s</AccessKeyId><SecretAccessKey>%s</SecretAccessKey><SessionToken>%s</SessionToken><Expiration>%s</Expiration></Credentials>",
		mintedKey, canaryMinted, canaryIssued, expires)
	switch in.Action {
	case "AssumeRole", "AssumeRoleWithWebIdentity":
		who := fmt.Sprintf("<AssumedRoleUser><AssumedRoleId>AROA:x</AssumedRoleId><Arn>arn:aws:sts::%s:assumed-role/ci-deploy/x</Arn></AssumedRoleUser>", f.account)
		stsAnswer(w, in.Action, keys+who)
	case "GetCallerIdentity":
		arn := "arn:aws:iam::" + f.account + ":user/static"
		if strings.Contains(in.Header.Get("Authorization"), "ASIA") {
			arn = "arn:aws:sts::" + f.account + ":assumed-role/ci-deploy/x"
		}
		stsAnswer(w, in.Action, fmt.Sprintf("<Arn>%s</Arn><UserId>AIDA</UserId><Account>%s</Account>", arn, f.account))
	case "GetAuthorizationToken":
		jsonAnswer(w, 200, map[string]any{"authorizationData": []any{map[string]any{
			"authorizationToken": base64.StdEncoding.EncodeToString([]byte("AWS:" + canaryLogin)),
			"expiresAt":          time.Now().Add(12 * time.Hour).Unix(), "proxyEndpoint": "https://123456789012.dkr.ecr.eu-west-1.amazonaws.com",
		}}})
	case "PUT /latest/api/token":
		w.Header().Set("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", in.Header.Get("X-Aws-Ec2-Metadata-Token-Ttl-Seconds"))
		_, _ = io.WriteString(w, "imds-token-1")
	case "GET /latest/meta-data/iam/security-credentials/":
		_, _ = io.WriteString(w, "node-role")
	case "GET /latest/meta-data/iam/security-credentials/node-role", "GET /pod":
		jsonAnswer(w, 200, map[string]any{"Code": "Success", "AccessKeyId": mintedKey, "SecretAccessKey": canaryMinted, "Token": canaryIssued, "Expiration": expires})
	default:
		f.object(w, in)
	}
}

// object is S3's part.
func (f *fake) object(w http.ResponseWriter, in request) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	body, found := f.objects[in.Path]
	switch {
	case in.Method == http.MethodPut && found && in.Header.Get("If-None-Match") == "*":
		w.WriteHeader(http.StatusPreconditionFailed)
		_, _ = io.WriteString(w, "<Error><Code>PreconditionFailed</Code><Message>it is there</Message></Error>")
	case in.Method == http.MethodPut:
		f.objects[in.Path] = in.Body
	case in.Method == http.MethodDelete:
		delete(f.objects, in.Path)
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

func jsonAnswer(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(v)
}

// of returns the requests of an action.
func (f *fake) of(action string) []request {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	var out []request
	for _, r := range f.requests {
		if r.Action == action {
			out = append(out, r)
		}
	}
	return out
}

func (f *fake) actions() []string {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	var out []string
	for _, r := range f.requests {
		out = append(out, r.Action)
	}
	return out
}

// quick is a configuration whose pauses and limits are short.
func quick(f *fake) Config {
	return Config{
		Region: "eu-west-1", Endpoint: f.URL, IMDSEndpoint: f.URL,
		Facts:        Facts{Project: "group/app", Pipeline: "4711", Environment: "mr-7"},
		Backoff:      func(int) time.Duration { return time.Millisecond },
		attemptLimit: 2 * time.Second,
	}
}

func withWeb(c Config) Config {
	c.WebIdentityToken, c.RoleARN = NewSecret(canaryToken), roleARN
	return c
}

func withKeys(c Config) Config {
	c.AccessKeyID, c.SecretAccessKey = staticKey, NewSecret(canarySecret)
	return c
}

func withTemporary(c Config) Config {
	c.AccessKeyID, c.SecretAccessKey, c.SessionToken = temporaryKey, NewSecret(canarySecret), NewSecret(canarySession)
	return c
}

func fakeDigest(s string) string { return fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(s))) }
