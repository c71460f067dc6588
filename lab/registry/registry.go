// Package registry serves an OCI registry that requires a login: the distribution project's
// registry, as a library, with its storage in a directory. Manifests and tags can be deleted.
// Referrers are kept by the tag schema that the OCI distribution specification defines for
// registries without a referrers endpoint; clients fall back to it automatically.
package registry

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/distribution/distribution/v3/configuration"
	_ "github.com/distribution/distribution/v3/registry/auth/htpasswd" // auth by htpasswd file
	"github.com/distribution/distribution/v3/registry/handlers"
	_ "github.com/distribution/distribution/v3/registry/storage/driver/filesystem" // storage in a directory
	"github.com/sirupsen/logrus"
	"golang.org/x/crypto/bcrypt"
)

// Users of the registry: User may push everywhere, OpenUser only below a path named open, as a pipeline's runs of
// unreviewed branches do. Both may pull everything.
const (
	User     = "lab"
	OpenUser = "open"
)

// Options configure where the registry keeps its data.
type Options struct {
	Storage  string // directory of blobs and manifests
	Htpasswd string // password file, one line per user
	Secret   string // signs the state of uploads; kept, an upload survives a restart
}

// Htpasswd returns the password file, a line for each user. The passwords are random and long, so the
// cheapest bcrypt cost is enough, and a request's check takes a millisecond.
func Htpasswd(password, open string) ([]byte, error) {
	var out []byte
	for _, user := range [][2]string{{User, password}, {OpenUser, open}} {
		hash, err := bcrypt.GenerateFromPassword([]byte(user[1]), bcrypt.MinCost)
		if err != nil {
			return nil, fmt.Errorf("hashing the registry's password: %w", err)
		}
		out = fmt.Appendf(out, "%s:%s\n", user[0], hash)
	}
	return out, nil
}

// New returns the registry's handler. It works until the context ends.
func New(ctx context.Context, o Options) (handler http.Handler, err error) {
	defer func() { // the library panics on a configuration that it cannot use
		if r := recover(); r != nil {
			handler, err = nil, fmt.Errorf("starting the registry in %q: %v", o.Storage, r)
		}
	}()
	quiet()
	config := &configuration.Configuration{
		Version: "0.1",
		Storage: configuration.Storage{
			"filesystem": {"rootdirectory": o.Storage},
			"delete":     {"enabled": true},
		},
		Auth: configuration.Auth{
			"htpasswd": {"realm": "pipeline lab", "path": o.Htpasswd},
		},
	}
	config.Log.Level = "error"
	config.HTTP.Secret = o.Secret
	config.Catalog.MaxEntries = 1000
	return restricted(handlers.NewApp(ctx, config)), nil
}

// restricted refuses what OpenUser may not do. The password is checked after it.
func restricted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, _, _ := r.BasicAuth()
		reads := r.Method == http.MethodGet || r.Method == http.MethodHead
		if user == OpenUser && !reads && !strings.Contains(r.URL.Path, "/open/") {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, `{"errors":[{"code":"DENIED","message":"this user may push below open only"}]}`)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// quiet restricts the library's log to problems of the registry itself. The library logs refused
// requests (a missing manifest, no login) at the same level; those are up to the client to report.
func quiet() {
	logrus.SetLevel(logrus.ErrorLevel)
	logrus.SetFormatter(formatter{&logrus.TextFormatter{DisableColors: true}})
}

type formatter struct{ logrus.Formatter }

func (f formatter) Format(e *logrus.Entry) ([]byte, error) {
	if status, ok := e.Data["http.response.status"].(int); ok && status < http.StatusInternalServerError {
		return nil, nil
	}
	return f.Formatter.Format(e)
}
