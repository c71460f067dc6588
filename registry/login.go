package registry

import (
	"encoding/base64"
	"strings"
	"time"

	"dagger/pipeline/secret"
)

// Login is a registry's user and password. Raw is the base64 form of "user:password", in which ECR hands it out and
// which ends up in config files and headers: register both as secrets.
type Login struct {
	Host     string // such as "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
	Username string
	Password secret.Value
	Raw      secret.Value
	Expires  time.Time // zero when it does not
}

// StaticLogin is the login of any other registry, such as GitLab's. host may start with "http://", for a registry
// without TLS that is not on loopback.
func StaticLogin(host, username string, password secret.Value) Login {
	raw := base64.StdEncoding.EncodeToString([]byte(username + ":" + password.Reveal()))
	scheme := ""
	if strings.HasPrefix(host, "http://") {
		scheme = "http://"
	}
	return Login{Host: scheme + HostOf(host), Username: username, Password: password, Raw: secret.New(raw)}
}
