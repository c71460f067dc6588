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
	Host     string // "<account>.dkr.ecr.<region>.amazonaws.com"
	Username string
	Password Secret
	Raw      Secret
	Expires  time.Time // zero when it does not
}

// tokens is the one call of ECR that a login needs.
type tokens interface {
	GetAuthorizationToken(context.Context, *ecr.GetAuthorizationTokenInput, ...func(*ecr.Options)) (*ecr.GetAuthorizationTokenOutput, error)
}

// ECR is the registry of a session's account and region.
type ECR struct {
	session *Session
	client  *ecr.Client
	tokens  tokens

	mutex sync.Mutex
	login Login
}

// NewECR returns the registry that the session reaches.
func NewECR(s *Session) *ECR {
	client := ecr.NewFromConfig(s.sdk())
	return &ECR{session: s, client: client, tokens: client}
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
	login.Host = r.Host()
	if data.ProxyEndpoint != nil {
		if login.Host = hostOf(*data.ProxyEndpoint); strings.HasPrefix(*data.ProxyEndpoint, "http://") {
			login.Host = "http://" + login.Host // a stand-in's
		}
	}
	r.login = login
	return login, nil
}

// Host is the registry's name for the session's account and region.
func (r *ECR) Host() string {
	suffix := "amazonaws.com"
	if r.session.partition() == "aws-cn" {
		suffix = "amazonaws.com.cn"
	}
	return fmt.Sprintf("%s.dkr.ecr.%s.%s", r.session.Identity.Account, r.session.cfg.Region, suffix)
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
	host = hostOf(address)
	_, rest, _ := strings.Cut(address, host)
	return host, strings.Trim(rest, "/")
}

// hostOf takes scheme and path off an address.
func hostOf(address string) string {
	if _, rest, ok := strings.Cut(address, "://"); ok {
		address = rest
	}
	host, _, _ := strings.Cut(address, "/")
	return host
}
