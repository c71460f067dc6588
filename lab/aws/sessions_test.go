package aws

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func signedBy(key, service string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+key+"/20260101/eu-west-1/"+service+"/aws4_request, SignedHeaders=host, Signature=0")
	return r
}

func TestSessionsEnd(t *testing.T) {
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	s := newSessions(20 * time.Second)
	s.now = func() time.Time { return now }
	answer := string(s.record([]byte("<Credentials><AccessKeyId>ASIAONE</AccessKeyId><Expiration>2026-01-01T13:00:00Z</Expiration></Credentials>")))
	if !strings.Contains(answer, "<Expiration>2026-01-01T12:00:20.000Z</Expiration>") {
		t.Errorf("the answer says %s", answer)
	}
	for _, step := range []struct {
		after   time.Duration
		key     string
		expired bool
	}{{0, "ASIAONE", false}, {20 * time.Second, "ASIAONE", false}, {21 * time.Second, "ASIAONE", true}, {time.Hour, "AKIALASTING", false}} {
		s.now = func() time.Time { return now.Add(step.after) }
		if got := s.expired(signedBy(step.key, "s3")); got != step.expired {
			t.Errorf("%s after %s: expired is %v", step.key, step.after, got)
		}
	}
	lasting := newSessions(0)
	const text = "<AccessKeyId>ASIATWO</AccessKeyId><Expiration>x</Expiration>"
	if got := string(lasting.record([]byte(text))); got != text {
		t.Errorf("sessions that are not short were changed: %s", got)
	}
}

func TestMetadataAsksForTokens(t *testing.T) {
	m := newMetadata(newSessions(time.Minute), "token-of-the-container")
	ask := func(method, path string, headers ...string) (int, string) {
		r := httptest.NewRequest(method, path, nil)
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		w := httptest.NewRecorder()
		status := m.serve(w, r)
		body, _ := io.ReadAll(w.Body)
		return status, string(body)
	}
	const tokenHeader = "X-Aws-Ec2-Metadata-Token"
	if status, _ := ask(http.MethodGet, rolesPath); status != http.StatusUnauthorized {
		t.Errorf("without a token: %d", status)
	}
	if status, _ := ask(http.MethodGet, metadataPrefix+"api/token", tokenHeader+"-Ttl-Seconds", "60"); status != http.StatusBadRequest {
		t.Errorf("a token by GET: %d", status)
	}
	status, token := ask(http.MethodPut, metadataPrefix+"api/token", tokenHeader+"-Ttl-Seconds", "60")
	if status != http.StatusOK || token == "" {
		t.Fatalf("a token by PUT: %d", status)
	}
	for path, header := range map[string][2]string{rolesPath + instanceRole: {tokenHeader, token}, ContainerPath: {"Authorization", "token-of-the-container"}} {
		status, body := ask(http.MethodGet, path, header[0], header[1])
		var keys struct{ AccessKeyId, Token, Expiration string }
		if err := json.Unmarshal([]byte(body), &keys); err != nil || status != http.StatusOK || keys.AccessKeyId == "" || keys.Token == "" || keys.Expiration == "" {
			t.Errorf("%s: status %d: %s", path, status, body)
		}
		if status, _ := ask(http.MethodGet, path, header[0], "wrong"); status/100 != 4 {
			t.Errorf("%s with a wrong token: %d", path, status)
		}
	}
}

func TestProxyImprovesOnMoto(t *testing.T) {
	requests, err := OpenLog(t.TempDir() + "/log")
	if err != nil {
		t.Fatal(err)
	}
	defer requests.Close()
	moto := fakeMoto(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "of moto") })
	o := Options{Registry: Login{Host: "127.0.0.1:5000", Username: "u", Password: "p"}, Sessions: time.Nanosecond, ContainerToken: "c"}
	proxy := Proxy(moto, o, requests, nil)
	ask := func(r *http.Request) (int, string) {
		w := httptest.NewRecorder()
		proxy.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	login := signedBy("AKIAONE", "ecr")
	login.Header.Set("X-Amz-Target", "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken")
	if _, body := ask(login); !strings.Contains(body, `"authorizationToken":"dTpw"`) || !strings.Contains(body, "http://127.0.0.1:5000") {
		t.Errorf("the login is %s", body)
	}
	container := httptest.NewRequest(http.MethodGet, ContainerPath, nil)
	container.Header.Set("Authorization", "c")
	_, body := ask(container)
	var keys struct{ AccessKeyId string }
	if err := json.Unmarshal([]byte(body), &keys); err != nil {
		t.Fatal(err)
	}
	for service, want := range map[string]string{"s3": "<Code>ExpiredToken</Code>", "sts": "<Code>ExpiredToken</Code>", "ssm": "ExpiredTokenException"} {
		r := signedBy(keys.AccessKeyId, service)
		if service == "ssm" {
			r.Header.Set("X-Amz-Target", "AmazonSSM.GetParameter")
		}
		if status, body := ask(r); status/100 != 4 || !strings.Contains(body, want) {
			t.Errorf("%s with keys that have ended: %d %s", service, status, body)
		}
	}
	if _, body := ask(signedBy("AKIAONE", "s3")); body != "of moto" {
		t.Errorf("other requests are not moto's any more: %s", body)
	}
}
