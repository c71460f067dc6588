package ecr

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecr"

	"dagger/pipeline/aws"
	"dagger/pipeline/fault"
	"dagger/pipeline/registry"
	"dagger/pipeline/secret"
)

// tokens is the only ECR call that a login needs.
type tokens interface {
	GetAuthorizationToken(context.Context, *ecr.GetAuthorizationTokenInput, ...func(*ecr.Options)) (*ecr.GetAuthorizationTokenOutput, error)
}

// Registry is a registry in ECR in a session's region, of its own account or of another one.
type Registry struct {
	session *aws.Session
	account string // whose registry it is
	host    string // its name where it was given
	client  *ecr.Client
	tokens  tokens

	mutex sync.Mutex
	login registry.Login
}

// New returns the registry of the session's account.
func New(s *aws.Session) *Registry {
	client := ecr.NewFromConfig(s.SDK())
	return &Registry{session: s, account: s.Identity.Account, client: client, tokens: client}
}

// NewAt returns the registry at a host, which may belong to another account that allows the session's role.
func NewAt(s *aws.Session, host Host) *Registry {
	r := New(s)
	r.account, r.host = host.Account, host.String()
	return r
}

// loginReserve is how long a login must remain valid to be reused: a push takes a while.
const loginReserve = 15 * time.Minute

// Login returns a login, and asks ECR for a new one if there is none or it expires soon. ECR's logins last 12 hours. If
// the request fails, so does Login: it never falls back to an old login.
func (r *Registry) Login(ctx context.Context) (registry.Login, error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if !r.login.Raw.IsZero() && r.login.Expires.Sub(r.session.Now()) > loginReserve {
		return r.login, nil
	}
	ctx, cancel := context.WithTimeout(ctx, aws.CallLimit)
	defer cancel()
	op := fmt.Sprintf("asking ECR in %q for a login", r.session.SDK().Region)
	out, err := r.tokens.GetAuthorizationToken(ctx, &ecr.GetAuthorizationTokenInput{})
	if err != nil {
		return registry.Login{}, r.session.Explain(op, err, "allow ecr:GetAuthorizationToken")
	}
	if len(out.AuthorizationData) == 0 || out.AuthorizationData[0].AuthorizationToken == nil {
		return registry.Login{}, &fault.Error{Op: op, What: "the answer holds no token", Fix: "try again", Kind: fault.ErrServer}
	}
	data := out.AuthorizationData[0]
	login, err := decodeLogin(*data.AuthorizationToken)
	if err != nil {
		return registry.Login{}, &fault.Error{Op: op, What: err.Error(), Fix: "try again", Kind: fault.ErrServer}
	}
	if data.ExpiresAt != nil {
		login.Expires = *data.ExpiresAt
	}
	if !login.Expires.IsZero() && !login.Expires.After(r.session.Now()) {
		return registry.Login{}, &fault.Error{Op: op, What: "the token ended at " + login.Expires.UTC().Format(time.RFC3339), Fix: "check this machine's clock", Kind: fault.ErrExpired}
	}
	if login.Host, err = r.loginHost(value(data.ProxyEndpoint)); err != nil {
		return registry.Login{}, err
	}
	r.login = login
	return login, nil
}

// loginHost is the name of the registry that a login is for. told is where ECR says that the account's own registry is.
// A login is valid for all accounts that allow the role, but only for ECR.
func (r *Registry) loginHost(told string) (string, error) {
	scheme, name := "", registry.HostOf(told)
	if strings.HasPrefix(told, "http://") {
		scheme = "http://" // a stand-in's
	}
	if r.host != "" {
		host, _ := ParseHost(r.host)
		return r.host, host.Check(name)
	}
	if name != "" {
		return scheme + name, nil
	}
	return r.Host()
}

// Host is the registry's name for its account and region.
func (r *Registry) Host() (string, error) {
	host, err := aws.ServiceHost("dkr.ecr", r.session.SDK().Region)
	return r.account + "." + host, err
}

// decodeLogin extracts the user and the password from ECR's token. Its errors do not show the token.
func decodeLogin(raw string) (registry.Login, error) {
	plain, err := base64.StdEncoding.DecodeString(raw)
	if err != nil {
		return registry.Login{}, fmt.Errorf("the token is not base64")
	}
	user, password, ok := strings.Cut(string(plain), ":")
	if !ok || user == "" || password == "" {
		return registry.Login{}, fmt.Errorf("the token is not a user and a password")
	}
	return registry.Login{Username: user, Password: secret.New(password), Raw: secret.New(raw)}, nil
}
