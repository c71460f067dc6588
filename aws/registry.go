package aws

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecr"
)

// Login is a registry's user and password. Raw is the base64 form of "user:password", in which ECR hands it out and
// which ends up in config files and headers: register both as secrets.
type Login struct {
	Host     string // such as "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
	Username string
	Password Secret
	Raw      Secret
	Expires  time.Time // zero when it does not
}

// tokens is the one call of ECR that a login needs.
type tokens interface {
	GetAuthorizationToken(context.Context, *ecr.GetAuthorizationTokenInput, ...func(*ecr.Options)) (*ecr.GetAuthorizationTokenOutput, error)
}

// ECR is a registry of a session's region: that of its account, or of another one.
type ECR struct {
	session *Session
	account string // whose registry it is
	host    string // its name where it was given
	client  *ecr.Client
	tokens  tokens

	mutex sync.Mutex
	login Login
}

// NewECR returns the registry of the session's account.
func NewECR(s *Session) *ECR {
	client := ecr.NewFromConfig(s.sdk())
	return &ECR{session: s, account: s.Identity.Account, client: client, tokens: client}
}

// NewECRAt returns the registry at a host, which may be of another account that lets the session's role in.
func NewECRAt(s *Session, host ECRHost) *ECR {
	r := NewECR(s)
	r.account, r.host = host.Account, host.String()
	return r
}

// loginReserve is how long a login must still hold to be handed out again: a push takes a while.
const loginReserve = 15 * time.Minute

// Login returns a login, asking ECR when there is none or it ends soon. ECR's hold 12 hours. When asking fails, so does
// this: an old login is never handed out in its place.
func (r *ECR) Login(ctx context.Context) (Login, error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if !r.login.Raw.IsZero() && r.login.Expires.Sub(r.session.cfg.now()) > loginReserve {
		return r.login, nil
	}
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	op := fmt.Sprintf("asking ECR in %q for a login", r.session.cfg.Region)
	out, err := r.tokens.GetAuthorizationToken(ctx, &ecr.GetAuthorizationTokenInput{})
	if err != nil {
		return Login{}, explain(op, err, "allow ecr:GetAuthorizationToken", r.session.secrets()...)
	}
	if len(out.AuthorizationData) == 0 || out.AuthorizationData[0].AuthorizationToken == nil {
		return Login{}, &Error{Op: op, What: "the answer holds no token", Fix: "try again", Kind: ErrServer}
	}
	data := out.AuthorizationData[0]
	login, err := decodeLogin(*data.AuthorizationToken)
	if err != nil {
		return Login{}, &Error{Op: op, What: err.Error(), Fix: "try again", Kind: ErrServer}
	}
	if data.ExpiresAt != nil {
		login.Expires = *data.ExpiresAt
	}
	if !login.Expires.IsZero() && !login.Expires.After(r.session.cfg.now()) {
		return Login{}, &Error{Op: op, What: "the token ended at " + login.Expires.UTC().Format(time.RFC3339), Fix: "check this machine's clock", Kind: ErrExpired}
	}
	if login.Host, err = r.loginHost(value(data.ProxyEndpoint)); err != nil {
		return Login{}, err
	}
	r.login = login
	return login, nil
}

// loginHost is the name of the registry that a login is for. told is where ECR says that the account's own registry is.
// A login is good for all accounts that let the role in, but for ECR alone.
func (r *ECR) loginHost(told string) (string, error) {
	scheme, name := "", hostOf(told)
	if strings.HasPrefix(told, "http://") {
		scheme = "http://" // a stand-in's
	}
	if r.host != "" {
		host, _ := ParseECRHost(r.host)
		return r.host, host.Check(name)
	}
	if name != "" {
		return scheme + name, nil
	}
	return r.Host()
}

// Host is the registry's name for its account and region.
func (r *ECR) Host() (string, error) {
	host, err := serviceHost("dkr.ecr", r.session.cfg.Region)
	return r.account + "." + host, err
}

// decodeLogin takes the user and the password out of ECR's token. Its errors do not show it.
func decodeLogin(raw string) (Login, error) {
	plain, err := base64.StdEncoding.DecodeString(raw)
	if err != nil {
		return Login{}, fmt.Errorf("the token is not base64")
	}
	user, password, ok := strings.Cut(string(plain), ":")
	if !ok || user == "" || password == "" {
		return Login{}, fmt.Errorf("the token is not a user and a password")
	}
	return Login{Username: user, Password: NewSecret(password), Raw: NewSecret(raw)}, nil
}

// StaticLogin is the login of any other registry, GitLab's own for instance. host may start with "http://", for one
// without TLS that is not on loopback.
func StaticLogin(host, username string, password Secret) Login {
	raw := base64.StdEncoding.EncodeToString([]byte(username + ":" + password.Reveal()))
	scheme := ""
	if strings.HasPrefix(host, "http://") {
		scheme = "http://"
	}
	return Login{Host: scheme + hostOf(host), Username: username, Password: password, Raw: NewSecret(raw)}
}

// SplitRegistry splits where images live, "registry.example.com/group/app", into the registry's host and the path under
// which its repositories are. The path is empty for a host alone.
func SplitRegistry(address string) (host, path string) {
	_, rest, _ := strings.Cut(address, rawHost(address))
	return hostOf(address), strings.Trim(rest, "/")
}

// dockerHub is the name of Docker Hub in references. Its API and its logins have other ones.
const dockerHub = "docker.io"

// hostOf takes scheme and path off an address. All names of Docker Hub are one.
func hostOf(address string) string {
	host := rawHost(address)
	if host == "index.docker.io" || host == "registry-1.docker.io" {
		return dockerHub
	}
	return host
}

func rawHost(address string) string {
	if _, rest, ok := strings.Cut(address, "://"); ok {
		address = rest
	}
	host, _, _ := strings.Cut(address, "/")
	return host
}

// RegistryOf is the registry that an image is pulled from: Docker Hub where its reference names no host.
func RegistryOf(image string) string {
	host := hostOf(image)
	if !strings.Contains(image, "/") || !strings.ContainsAny(host, ".:") && host != "localhost" {
		return dockerHub
	}
	return host
}
