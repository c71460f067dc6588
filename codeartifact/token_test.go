package codeartifact

import (
	"net/http"
	"strings"
	"testing"

	"dagger/pipeline/aws/awstest"
)

func TestDomains(t *testing.T) {
	text := `url = "https://corp-123456789012.d.codeartifact.eu-west-1.amazonaws.com/pypi/shared/simple/"
again = "https://corp-123456789012.d.codeartifact.eu-west-1.amazonaws.com/pypi/other/simple/"
china = "https://my-team-123456789012.d.codeartifact.cn-north-1.amazonaws.com.cn/pypi/x/simple/"
alike = "https://corp-123456789012.d.codeartifact.eu-west-1.amazonaws.com.evil.example/pypi/x/simple/"
other = "https://corp-123456789012.d.codeartifact.eu-west-1.example.com/pypi/x/simple/"`
	got := Domains(text)
	if len(got) != 2 {
		t.Fatalf("found %v, want those of corp and my-team", got)
	}
	want := Domain{Host: "corp-123456789012.d.codeartifact.eu-west-1.amazonaws.com", Name: "corp", Owner: "123456789012", Region: "eu-west-1"}
	if got[0] != want || got[1].Name != "my-team" {
		t.Errorf("found %v, want %v first and my-team second", got, want)
	}
}

func TestToken(t *testing.T) {
	corp := Domain{Host: "corp-123456789012.d.codeartifact.eu-west-1.amazonaws.com", Name: "corp", Owner: "123456789012", Region: "eu-west-1"}
	for _, tt := range []struct {
		name   string
		status []int
		body   string
		want   string
		err    string
	}{
		{name: "given", status: []int{200}, body: `{"authorizationToken":"the-token","expiration":1}`, want: "the-token"},
		{name: "busy at first", status: []int{429, 503, 200}, body: `{"authorizationToken":"the-token"}`, want: "the-token"},
		{name: "not allowed", status: []int{403}, body: `{"message":"no"}`, err: "codeartifact:GetAuthorizationToken"},
		{name: "nothing in it", status: []int{200}, body: `{}`, err: "without a token"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, calls := awstest.NewFake(t), 0
			f.Fault = func(w http.ResponseWriter, r awstest.Request, _ int) bool {
				if r.Action != "POST /v1/authorization-token?domain=corp&domain-owner=123456789012&duration=900" || !strings.Contains(r.Header.Get("Authorization"), "/eu-west-1/codeartifact/aws4_request") {
					return false
				}
				status := tt.status[min(calls, len(tt.status)-1)]
				calls++
				w.WriteHeader(status)
				_, _ = w.Write([]byte(tt.body))
				return true
			}
			got, err := Token(t.Context(), awstest.Resolve(t, awstest.WithKeys(awstest.Config(f))), corp)
			if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("error %v, want %q", err, tt.err)
			}
			if got.Reveal() != tt.want {
				t.Errorf("token %q, want %q", got.Reveal(), tt.want)
			}
			if tt.err == "" && calls != len(tt.status) {
				t.Errorf("asked %d times, want %d", calls, len(tt.status))
			}
		})
	}
}

// Code of packages sees the token: with a role it is that of a session which can only read.
func TestTokenOfARoleReadsOnly(t *testing.T) {
	f := awstest.NewFake(t)
	asked := ""
	f.Fault = func(w http.ResponseWriter, r awstest.Request, _ int) bool {
		if !strings.HasPrefix(r.Path, "/v1/authorization-token") {
			return false
		}
		asked = r.Header.Get("X-Amz-Security-Token")
		_, _ = w.Write([]byte(`{"authorizationToken":"the-token"}`))
		return true
	}
	if _, err := Token(t.Context(), awstest.Resolve(t, awstest.WithWeb(awstest.Config(f))), Domain{Host: "h", Name: "corp", Owner: "123456789012", Region: "eu-west-1"}); err != nil {
		t.Fatal(err)
	}
	minted := f.Of("AssumeRoleWithWebIdentity")
	if len(minted) != 2 || minted[0].Form.Get("Policy") != "" || minted[1].Form.Get("Policy") != readOnly || asked == "" {
		t.Errorf("%d sessions were minted, the last of them with policy %q", len(minted), minted[len(minted)-1].Form.Get("Policy"))
	}
}
