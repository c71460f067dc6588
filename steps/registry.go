package steps

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"dagger/pipeline/ecr"
	"dagger/pipeline/fault"
	"dagger/pipeline/images"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/registry"
	"dagger/pipeline/secret"
	"dagger/pipeline/tell"
	"dagger/pipeline/trust"
)

// Place says where the images are kept.
type Place struct {
	// Address is a host with a path, "registry.example.com/group/app", or
	// "ecr:group/app" for ECR of the account and region.
	Address  string
	Username string
	Password *dagger.Secret
	// AWS logs in to ECR.
	AWS AWS
	// Project names the repositories if the address has no path.
	Project string
	// Trust is the level of the run. Lasting says that it is for a lasting
	// environment, which gets only protected images.
	Trust   trust.Level
	Lasting bool
	// Service reports that the project has its own image to keep.
	Service bool
}

// Opened is a registry that can be used.
type Opened struct {
	images.Store
	// ECR is nil if the registry is a different one.
	ECR *ecr.Registry
}

// dispensable tells whether a run goes on without a registry that could not be
// opened: images can be built. A wrong account is no such case.
func (r Place) dispensable(err error) bool {
	return r.isECR() && !errors.Is(err, fault.ErrAccount) && !errors.Is(err, fault.ErrConfig)
}

func (r Place) isECR() bool {
	host, _ := registry.Split(r.Address)
	_, named := ecr.ParseHost(host)
	return strings.HasPrefix(r.Address, "ecr:") || r.AWS.Given() && named
}

// unusedLogin says that a name and a password are given for nothing, "" where they
// are not.
func (r Place) unusedLogin() string {
	const login = "the login of --registry-username and --registry-password"
	switch {
	case r.Username == "" && r.Password == nil:
	case r.Address == "":
		return "there is none (--registry): " + login + " is not used, not for base images either"
	case r.isECR():
		return "ECR is logged in to with the AWS credentials: " + login + " is not used"
	}
	return ""
}

// A purpose is what a step opens the registry for: what a session for it may do.
type purpose func(images.Store) []ecr.Grant

// pulling reads the levels that the run may use.
func pulling(r images.Store) []ecr.Grant {
	return []ecr.Grant{{Actions: ecr.PullActions, Repositories: r.AllRepositories(r.Reads...)}}
}

// using reads them, and keeps results of the run's own level.
func using(r images.Store) []ecr.Grant {
	return append(pulling(r), ecr.Grant{Actions: ecr.PushActions, Repositories: []string{r.Results(r.Writes)}})
}

// pushing writes to the run's own level, and to no other.
func pushing(r images.Store) []ecr.Grant {
	grants := []ecr.Grant{{Actions: ecr.PushActions, Repositories: r.AllRepositories(r.Writes)}}
	for _, level := range r.Reads {
		if level != r.Writes {
			grants = append(grants, ecr.Grant{Actions: ecr.PullActions, Repositories: r.AllRepositories(level)})
		}
	}
	return grants
}

// retaining sets the policies of the levels that the run administers.
func retaining(r images.Store) []ecr.Grant {
	return []ecr.Grant{{Actions: ecr.RetentionActions, Repositories: r.AllRepositories(retained(r.Writes)...)}}
}

// retained are the levels whose images a run may expire: a protected run those of
// both, as nobody else cleans up after open ones.
func retained(level trust.Level) []trust.Level {
	if level == trust.Protected {
		return []trust.Level{trust.Protected, trust.Open}
	}
	return []trust.Level{level}
}

func (r Place) open(ctx context.Context, to purpose) (Opened, error) {
	if r.Address == "" {
		return Opened{Store: r.levels()}, nil
	}
	if err := registry.Check(r.Address); err != nil {
		return Opened{}, err
	}
	if rest, short := strings.CutPrefix(r.Address, "ecr:"); short {
		if !r.AWS.Given() {
			return Opened{}, fmt.Errorf("reading --registry %q: ECR asks for AWS credentials: give a role with a web identity token, or keys", r.Address)
		}
		return r.openECR(ctx, "", strings.Trim(rest, "/"), to)
	}
	host, path := registry.Split(r.Address)
	if r.isECR() {
		return r.openECR(ctx, host, path, to)
	}
	if strings.HasPrefix(r.Address, "http://") {
		host = "http://" + host
	}
	kept, err := r.images(path)
	if err != nil {
		return Opened{}, err
	}
	out := Opened{Store: kept}
	out.Login = registry.Login{Host: host}
	if r.Password == nil && r.Username != "" {
		return Opened{}, errors.New("reading --registry-username: it is given without a password: give --registry-password too, or leave the name out")
	}
	if r.Password == nil {
		return out, nil
	}
	password, err := plain(ctx, "--registry-password", r.Password)
	if err != nil {
		return Opened{}, err
	}
	out.Login = registry.StaticLogin(host, r.Username, secret.New(password))
	return r.secrets(ctx, out)
}

// images is where the images are kept below a path, for the run's level.
func (r Place) images(path string) (images.Store, error) {
	out := r.levels()
	out.Path = r.path(path)
	return out, trust.CheckPath(out.Path)
}

// levels are those of the run, without a place to keep images at: they guard what
// is pulled from elsewhere.
func (r Place) levels() images.Store {
	return images.Store{Reads: r.Trust.ReadsFor(r.Lasting), Writes: r.Trust.Writes(), Service: r.Service}
}

// openECR logs in to ECR with a session that may do no more than it is for.
func (r Place) openECR(ctx context.Context, name, path string, to purpose) (Opened, error) {
	kept, err := r.images(path)
	if err != nil {
		return Opened{}, err
	}
	out := Opened{Store: kept}
	host, named := ecr.ParseHost(name)
	if named {
		r.AWS = r.AWS.in(host.Region)
	}
	session, err := r.AWS.Session(ctx)
	if err != nil {
		return Opened{}, err
	}
	if named {
		if err := session.Allows(host.Account, host.String()); err != nil {
			return Opened{}, err
		}
	}
	narrow, err := ecr.Narrow(ctx, session, host.Account, to(kept)...)
	if err != nil {
		return Opened{}, err
	}
	for _, note := range narrow.Notes {
		if !slices.Contains(session.Notes, note) {
			tell.Line("aws: " + note)
		}
	}
	if out.ECR = ecr.New(narrow); named {
		out.ECR = ecr.NewAt(narrow, host)
	}
	if out.Login, err = out.ECR.Login(ctx); err != nil {
		return Opened{}, err
	}
	return r.secrets(ctx, out)
}

// secrets makes both forms of the login secrets of the engine.
func (r Place) secrets(ctx context.Context, out Opened) (Opened, error) {
	out.Password = dag.SetSecret("registry-password", out.Login.Password.Reveal())
	_, err := dag.SetSecret("registry-login", out.Login.Raw.Reveal()).Name(ctx)
	return out, err
}

func (r Place) path(path string) string {
	if path == "" {
		return strings.ToLower(separators.ReplaceAllString(r.Project, "-"))
	}
	return path
}

// separators in a project's name are all the same to Python; a repository's name
// takes no run of them.
var separators = regexp.MustCompile(`[-_.]+`)
