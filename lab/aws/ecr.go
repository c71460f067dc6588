package aws

import (
	"encoding/base64"
	"encoding/json"
	"time"
)

// Login is the login of the registry that stands in for ECR's.
type Login struct {
	Host     string // "127.0.0.1:5000"
	TLS      bool
	Username string
	Password string
}

// authorization is ECR's answer to GetAuthorizationToken with a login that is valid here: moto's own names a registry
// that does not exist, and expired in 2015.
func (l Login) authorization(now time.Time) func([]byte) []byte {
	scheme := "http"
	if l.TLS {
		scheme = "https"
	}
	return func([]byte) []byte {
		text, _ := json.Marshal(map[string]any{"authorizationData": []any{map[string]any{
			"authorizationToken": base64.StdEncoding.EncodeToString([]byte(l.Username + ":" + l.Password)),
			"expiresAt":          now.Add(12 * time.Hour).Unix(),
			"proxyEndpoint":      scheme + "://" + l.Host,
		}}})
		return text
	}
}
