package steps

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"dagger/pipeline/aws"
	"dagger/pipeline/images"
	"dagger/pipeline/internal/dagger"
)

// Registry says where the images are kept.
type Registry struct {
	// Address is a host with a path, "registry.example.com/group/app", or
	// "ecr:group/app" for ECR of the account and region.
	Address  string
	Username string
	Password *dagger.Secret
	// AWS logs in to ECR.
	AWS AWS
	// Project names the repositories where the address has no path.
	Project string
}

// Opened is a registry that can be used.
type Opened struct {
	images.Registry
	// ECR is nil where the registry is another one.
	ECR *aws.ECR
}

var ecrHost = regexp.MustCompile(`^(\d{12})\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$`)

// dispensable tells whether a run goes on without a registry that could not be
// opened: images can be built. A wrong account is no such case.
func (r Registry) dispensable(err error) bool {
	return r.isECR() && !errors.Is(err, aws.ErrAccount) && !errors.Is(err, aws.ErrConfig)
}

func (r Registry) isECR() bool {
	host, _ := aws.SplitRegistry(r.Address)
	return strings.HasPrefix(r.Address, "ecr:") || r.AWS.Given() && ecrHost.MatchString(host)
}

func (r Registry) open(ctx context.Context, actions []string) (Opened, error) {
	if r.Address == "" {
		return Opened{}, nil
	}
	if rest, short := strings.CutPrefix(r.Address, "ecr:"); short {
		if !r.AWS.Given() {
			return Opened{}, fmt.Errorf("reading --registry %q: ECR asks for AWS credentials: give a role with a web identity token, or keys", r.Address)
		}
		return r.openECR(ctx, "", strings.Trim(rest, "/"), actions)
	}
	host, path := aws.SplitRegistry(r.Address)
	if r.isECR() {
		return r.openECR(ctx, host, path, actions)
	}
	if strings.HasPrefix(r.Address, "http://") {
		host = "http://" + host
	}
	out := Opened{Registry: images.Registry{Path: r.path(path), Login: aws.Login{Host: host}}}
	if r.Password == nil {
		return out, nil
	}
	text, err := r.Password.Plaintext(ctx)
	if err != nil {
		return Opened{}, err
	}
	out.Login = aws.StaticLogin(host, r.Username, aws.NewSecret(strings.TrimSpace(text)))
	return r.secrets(ctx, out)
}

// openECR logs in to ECR with a session that may do no more than the actions on
// the images' repositories.
func (r Registry) openECR(ctx context.Context, host, path string, actions []string) (Opened, error) {
	out := Opened{Registry: images.Registry{Path: r.path(path)}}
	if m := ecrHost.FindStringSubmatch(host); m != nil {
		r.AWS = r.AWS.in(m[2])
	}
	session, err := r.AWS.Session(ctx)
	if err != nil {
		return Opened{}, err
	}
	narrow, err := session.ForRepositories(ctx, actions, out.Repository("app"), out.Repository("terraform"))
	if err != nil {
		return Opened{}, err
	}
	for _, note := range narrow.Notes {
		if !slices.Contains(session.Notes, note) {
			images.Tell("aws: " + note)
		}
	}
	out.ECR = aws.NewECR(narrow)
	if out.Login, err = out.ECR.Login(ctx); err != nil {
		return Opened{}, err
	}
	if host != "" {
		out.Login.Host = host // a login is good for all accounts that let the role in
	}
	return r.secrets(ctx, out)
}

// secrets makes both forms of the login secrets of the engine.
func (r Registry) secrets(ctx context.Context, out Opened) (Opened, error) {
	out.Password = dag.SetSecret("registry-password", out.Login.Password.Reveal())
	_, err := dag.SetSecret("registry-login", out.Login.Raw.Reveal()).Name(ctx)
	return out, err
}

func (r Registry) path(path string) string {
	if path == "" {
		return strings.ToLower(separators.ReplaceAllString(r.Project, "-"))
	}
	return path
}

// separators in a project's name are all the same to Python; a repository's name
// takes no run of them.
var separators = regexp.MustCompile(`[-_.]+`)
