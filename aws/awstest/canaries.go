package awstest

import (
	"encoding/base64"
	"net/url"
	"strings"
	"testing"
)

// Canaries: values that may appear in no message. They are shaped like the real ones.
const (
	CanaryToken   = "eyJhbGciOiJSUzI1NiJ9.CANARYwebidentity.c2lnbmF0dXJl"
	CanarySecret  = "CANARYsecretKey/wJalrXUtnFEMIK7MDENG+bPxRfiCY"
	CanarySession = "CANARYsessionToken//////////IQoJb3JpZ2luX2VjE"
	canaryMinted  = "CANARYmintedSecret/9drTJvcXLB89EXAMPLELB8923"
	canaryIssued  = "CANARYmintedToken//////////AQoXdzELDDY8HsmZ5"
	CanaryLogin   = "CANARYecrPassword"
	CanaryPod     = "CANARYpodAuthorization"
	RoleARN       = "arn:aws:iam::123456789012:role/ci-deploy"
	StaticKey     = "AKIACANARY0000000000"
	TemporaryKey  = "ASIACANARY0000000000"
	mintedKey     = "ASIAMINTED0000000000"
)

// canaries are all forms in which a credential may not be seen.
func canaries() []string {
	var all []string
	for _, c := range []string{CanaryToken, CanarySecret, CanarySession, canaryMinted, canaryIssued, CanaryLogin, CanaryPod, "AWS:" + CanaryLogin, "robot:" + CanaryLogin} {
		all = append(all, c, base64.StdEncoding.EncodeToString([]byte(c)), url.QueryEscape(c))
	}
	return append(all, "CANARY")
}

// NoCanary fails when a text shows a credential. The access key ids hold the word too, and are no secret.
func NoCanary(t *testing.T, text string) {
	t.Helper()
	text = strings.NewReplacer(StaticKey, "", TemporaryKey, "").Replace(text)
	for _, c := range canaries() {
		if strings.Contains(text, c) {
			t.Errorf("credential %q shows in: %s", c, text)
		}
	}
}
