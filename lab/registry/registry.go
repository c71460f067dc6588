// Package registry serves an OCI registry that asks for a login: the distribution project's
// registry, as a library, with its storage in a directory. Manifests and tags can be deleted.
// Referrers are kept by the tag schema that the OCI distribution specification gives for
// registries without a referrers endpoint; clients fall back to it by themselves.
package registry

import (
	"context"
	"fmt"
	"net/http"

	"github.com/distribution/distribution/v3/configuration"
	_ "github.com/distribution/distribution/v3/registry/auth/htpasswd" // auth by htpasswd file
	"github.com/distribution/distribution/v3/registry/handlers"
	_ "github.com/distribution/distribution/v3/registry/storage/driver/filesystem" // storage in a directory
	"github.com/sirupsen/logrus"
	"golang.org/x/crypto/bcrypt"
)

// User is the one user name that the registry knows.
const User = "lab"

// Options say where the registry keeps its things.
type Options struct {
	Storage  string // directory of blobs and manifests
	Htpasswd string // password file, one line per user
	Secret   string // signs the state of uploads; kept, an upload survives a restart
}

// Htpasswd returns the password file's one line. The password is random and long, so the cheapest
// bcrypt cost is enough, and a request's check takes a millisecond.
func Htpasswd(password string) ([]byte, error) {
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	if err != nil {
		return nil, fmt.Errorf("hashing the registry's password: %w", err)
	}
	return fmt.Appendf(nil, "%s:%s\n", User, hash), nil
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
	return handlers.NewApp(ctx, config), nil
}

// quiet keeps the library's log to what is wrong with the registry itself. It logs what a client was
// refused (a missing manifest, no login) at the same level; those are the client's to report.
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
