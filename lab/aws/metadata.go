package aws

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// Paths at which the stand-in serves the roles of an instance (IMDSv2) and of a container. No bucket can be called "v2",
// and none is called "latest".
const (
	metadataPrefix = "/latest/"
	rolesPath      = metadataPrefix + "meta-data/iam/security-credentials/"
	instanceRole   = "lab-instance"

	// ContainerPath is where a container's role is.
	ContainerPath = "/v2/credentials/lab"
)

// metadata serves the keys of the machine's roles: an instance's only with a token fetched before, as IMDSv2
// does, a container's only with the container's token.
type metadata struct {
	sessions  *sessions
	token     string // of IMDSv2
	container string // token of the container
}

func newMetadata(s *sessions, container string) *metadata {
	return &metadata{s, rand.Text(), container}
}

func isMetadata(path string) bool {
	return strings.HasPrefix(path, metadataPrefix) || path == ContainerPath
}

// serve answers and returns the status.
func (m *metadata) serve(w http.ResponseWriter, r *http.Request) int {
	fail := func(status int) int {
		w.WriteHeader(status)
		return status
	}
	switch {
	case r.URL.Path == ContainerPath:
		if !equal(r.Header.Get("Authorization"), m.container) {
			return fail(http.StatusForbidden)
		}
		return m.keys(w)
	case r.URL.Path == metadataPrefix+"api/token":
		if r.Method != http.MethodPut || r.Header.Get("X-Aws-Ec2-Metadata-Token-Ttl-Seconds") == "" {
			return fail(http.StatusBadRequest)
		}
		w.Header().Set("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", r.Header.Get("X-Aws-Ec2-Metadata-Token-Ttl-Seconds"))
		_, _ = w.Write([]byte(m.token))
		return http.StatusOK
	case !equal(r.Header.Get("X-Aws-Ec2-Metadata-Token"), m.token):
		return fail(http.StatusUnauthorized)
	case r.URL.Path == rolesPath:
		_, _ = w.Write([]byte(instanceRole))
		return http.StatusOK
	case r.URL.Path == rolesPath+instanceRole:
		return m.keys(w)
	case r.URL.Path == metadataPrefix+"meta-data/placement/region":
		_, _ = w.Write([]byte(Region))
		return http.StatusOK
	}
	return fail(http.StatusNotFound)
}

func (m *metadata) keys(w http.ResponseWriter) int {
	key, secret, token, end := m.sessions.mint()
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]string{
		"Code": "Success", "Type": "AWS-HMAC", "LastUpdated": m.sessions.now().UTC().Format(time.RFC3339),
		"AccessKeyId": key, "SecretAccessKey": secret, "Token": token, "Expiration": end.UTC().Format(time.RFC3339),
	})
	return http.StatusOK
}

func equal(a, b string) bool { return b != "" && subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
