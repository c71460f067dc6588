package secret

import (
	"encoding/base64"
	"net/url"
	"testing"
)

func TestScrub(t *testing.T) {
	const canary = "CANARYsecretKey/wJalrXUtnFEMIK7MDENG+bPxRfiCY"
	for _, form := range []string{
		canary, url.QueryEscape(canary),
		base64.StdEncoding.EncodeToString([]byte(canary)), base64.RawURLEncoding.EncodeToString([]byte(canary)),
	} {
		got := Scrub("before "+form+" after", Value{}, New("short"), New(canary+"\n"))
		if got != "before [secret] after" {
			t.Errorf("%q stays: %q", form, got)
		}
	}
}
