package aws

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"dagger/pipeline/fault"
	"dagger/pipeline/secret"
)

// Config says where credentials come from and which are allowed. The first source that is set is used, in this order:
// a web identity token, static keys, a container's role, the instance's role.
type Config struct {
	Region   string // such as "eu-west-1"
	Endpoint string // URL that serves every AWS service, for stand-ins; empty on AWS

	WebIdentityToken secret.Value // an OIDC token (GitLab id_tokens, GitHub OIDC); needs RoleARN

	AccessKeyID     string
	SecretAccessKey secret.Value
	SessionToken    secret.Value // for temporary keys

	ContainerURI   string       // AWS_CONTAINER_CREDENTIALS_FULL_URI, or the relative one of ECS, which starts with "/"
	ContainerToken secret.Value // AWS_CONTAINER_AUTHORIZATION_TOKEN, or what its file holds
	IMDSEndpoint   string       // of the instance's metadata service, http://169.254.169.254 on EC2

	RoleARN    string        // role to assume; optional except for a web identity token
	ExternalID string        // sent when the role is assumed with keys or another role
	Duration   time.Duration // of the session, default 1 h; 1 h at most where one role assumes another
	Facts      Facts         // name and tags of the session

	AllowedAccounts []string // account ids of 12 digits; nil allows every account, an empty list is an error

	// For tests. Backoff is the pause after the given attempt, Now the clock.
	Backoff func(attempt int) time.Duration
	Now     func() time.Time

	AttemptLimit time.Duration // of one HTTP request, default 10 s
}

// Identity is who AWS says we are.
type Identity struct{ Account, ARN, UserID string }

// Session is a set of credentials that refreshes itself, bound to an identity that was checked.
type Session struct {
	Identity Identity
	Source   string   // "web identity", "static keys", "container role" or "instance role"
	Notes    []string // what the user may want to know, such as a duration that was cut

	cfg    Config
	source source
	minted *recorder
	creds  *awssdk.CredentialsCache
}

// Format prints the session's identity, for every verb: the SDK's types inside it would show their keys.
func (s Session) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "session of %s from %s", s.Identity.ARN, s.Source)
}

// Credentials are one set of keys. Expires is zero for keys that do not expire.
type Credentials struct {
	AccessKeyID     string
	SecretAccessKey secret.Value
	SessionToken    secret.Value
	Expires         time.Time
}

// Resolve finds credentials, assumes the role if one is given, and asks STS for the resulting identity. It refuses an
// account that is not allowed; with a role, before its credentials are requested.
func Resolve(ctx context.Context, cfg Config) (*Session, error) {
	ctx, cancel := context.WithTimeout(ctx, CallLimit)
	defer cancel()
	cfg = cfg.trimmed()
	if err := cfg.check(); err != nil {
		return nil, err
	}
	return open(ctx, cfg, cfg.pick(), "", nil)
}

// open makes a session from a source and checks its account. policy narrows it if not empty.
func open(ctx context.Context, cfg Config, base source, policy string, notes []string) (*Session, error) {
	s := &Session{Source: base.name, Notes: notes, cfg: cfg, source: base}
	s.minted = &recorder{inner: base.provider(cfg, policy, &s.Notes)}
	s.creds = awssdk.NewCredentialsCache(s.minted)
	who, err := s.whoami(ctx)
	if err != nil {
		return nil, err
	}
	s.Identity = who
	return s, checkAccount(cfg.AllowedAccounts, who.Account, "identity", who.ARN)
}

// Credentials returns keys that are valid now, minting new ones when the last ones have expired.
func (s *Session) Credentials(ctx context.Context) (Credentials, error) {
	ctx, cancel := context.WithTimeout(ctx, CallLimit)
	defer cancel()
	c, err := s.creds.Retrieve(ctx)
	if err != nil {
		return Credentials{}, explain("reading credentials", err, "", s.secrets()...)
	}
	out := Credentials{AccessKeyID: c.AccessKeyID, SecretAccessKey: secret.New(c.SecretAccessKey), SessionToken: secret.New(c.SessionToken)}
	if c.CanExpire {
		out.Expires = c.Expires
	}
	return out, nil
}

func (s *Session) whoami(ctx context.Context) (Identity, error) {
	out, err := sts.NewFromConfig(s.SDK()).GetCallerIdentity(ctx, nil)
	if err != nil {
		return Identity{}, explain("asking STS for the caller's identity", err, "check the keys", s.secrets()...)
	}
	return Identity{awssdk.ToString(out.Account), awssdk.ToString(out.Arn), awssdk.ToString(out.UserId)}, nil
}

// SDK is the SDK's configuration for a client that acts as this session.
func (s *Session) SDK() awssdk.Config {
	c := s.cfg.SDK()
	c.Credentials = s.creds
	return c
}

// Now is the session's clock.
func (s *Session) Now() time.Time { return s.cfg.now() }

// Pause waits between two requests.
func (s *Session) Pause(ctx context.Context, d time.Duration) error { return s.cfg.wait(ctx, d) }

// Explain turns the error of an SDK call of this session into one line. denied is the fix if access is denied.
func (s *Session) Explain(op string, err error, denied string) *fault.Error {
	return explain(op, err, denied, s.secrets()...)
}

// secrets are the values that no message may show: those that were given, and those minted last.
func (s *Session) secrets() []secret.Value { return append(s.cfg.secrets(), s.minted.secrets()...) }

// recorder remembers what was minted last, so that it can be kept out of messages.
type recorder struct {
	inner awssdk.CredentialsProvider
	mutex sync.Mutex
	last  []secret.Value
}

func (r *recorder) Retrieve(ctx context.Context) (awssdk.Credentials, error) {
	c, err := r.inner.Retrieve(ctx)
	if err == nil {
		r.mutex.Lock()
		defer r.mutex.Unlock()
		r.last = []secret.Value{secret.New(c.SecretAccessKey), secret.New(c.SessionToken)}
	}
	return c, err
}

func (r *recorder) secrets() []secret.Value {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.last
}

func (c Config) secrets() []secret.Value {
	return []secret.Value{c.WebIdentityToken, c.SecretAccessKey, c.SessionToken, c.ContainerToken}
}

// SDK is the SDK's configuration for a client without credentials.
func (c Config) SDK() awssdk.Config {
	out := awssdk.Config{
		Region:     c.Region,
		HTTPClient: c.httpClient(),
		Retryer:    func() awssdk.Retryer { return newRetryer(c.Backoff) },
	}
	if c.Endpoint != "" {
		out.BaseEndpoint = &c.Endpoint
	}
	return out
}

func (c Config) now() time.Time {
	if c.Now != nil {
		return c.Now()
	}
	return time.Now()
}

// Allows refuses a registry in an account that is not on the list.
func (s *Session) Allows(account, registry string) error {
	return checkAccount(s.cfg.AllowedAccounts, account, "registry", registry)
}

// checkAccount refuses an account that is not on the list.
func checkAccount(allowed []string, account, kind, arn string) error {
	if allowed == nil || slices.Contains(allowed, account) {
		return nil
	}
	return &fault.Error{
		Op:   "checking the account of " + kind + ` "` + arn + `"`,
		What: "account " + account + " is not allowed",
		Fix:  "allowed: " + strings.Join(allowed, ", ") + ": check the " + kind + ", or add the account to the list",
		Kind: fault.ErrAccount,
	}
}
