package steps

import (
	"context"
	"path"
	"regexp"
	"strings"

	"dagger/pipeline/rootmodule"
)

// logins are those in an address: user:password@ of a URL, and password=... of a
// connection string.
var (
	loginOfURL = regexp.MustCompile(`(://)[^/?#\s]*@`)
	password   = regexp.MustCompile(`(?i)\b(user|password|passwd|pwd|token)\s*=\s*('[^']*'|[^\s&;]*)[\s&;]*`)
)

// withoutLogin is an address for people. Two that differ in a login alone are one.
func withoutLogin(address string) string {
	return strings.TrimSpace(password.ReplaceAllString(loginOfURL.ReplaceAllString(address, "$1"), ""))
}

// onAnotherServer tells whether the declared backend's states in S3 are on another server
// than the run's.
func (w Workspace) onAnotherServer() bool {
	b := w.Module.Backend
	return b != nil && b.Type == "s3" && b.Elsewhere() && (w.AWS.Endpoint == "" || !strings.Contains(b.Text, w.AWS.Endpoint))
}

// namesServer tells whether the arguments that the project adds name another one.
func (b ownBackend) namesServer(ctx context.Context) (bool, error) {
	other := func(name, value string) bool {
		return (name == "endpoint" || name == "endpoints") && !strings.Contains(value, ".amazonaws.com") && (b.AWS.Endpoint == "" || !strings.Contains(value, b.AWS.Endpoint))
	}
	for name, value := range b.Settings.BackendConfig {
		if other(name, value) {
			return true, nil
		}
	}
	for _, file := range b.Settings.BackendFiles.For(b.Environment) {
		text, err := b.text(ctx, path.Join(b.Infra, file))
		if err != nil {
			return false, err
		}
		for name, values := range rootmodule.TextsBy(text) {
			if other(name, strings.Join(values, " ")) {
				return true, nil
			}
		}
	}
	return false, nil
}
