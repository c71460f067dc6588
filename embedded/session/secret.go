package session

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"

	"github.com/moby/buildkit/session/secrets"

	"dagger/pipeline/embedded/files"
	"dagger/pipeline/embedded/scrub"
)

// secret is a value that stays in this process; BuildKit knows it by key, and
// requests it when an exec starts. The key does not depend on the value: a
// rotated credential changes no cache key.
type secret struct {
	name string
	uri  string
	key  string
}

// secretStore holds the plaintexts of a session.
type secretStore struct {
	mu    sync.Mutex
	byKey map[string]string
	short map[string]bool // too short to be hidden, and said
	scrub *scrub.Set
	say   io.Writer
}

func newSecretStore(set *scrub.Set, say io.Writer) *secretStore {
	return &secretStore{byKey: map[string]string{}, short: map[string]bool{}, scrub: set, say: say}
}

func (st *secretStore) add(name, uri, key, plaintext string) (*secret, error) {
	if len(plaintext) > 128_000 {
		return nil, fmt.Errorf("secret %q: %d bytes, more than the 128000 that are allowed", name, len(plaintext))
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	if !st.scrub.Add(plaintext) && !st.short[key] {
		st.short[key] = true
		fmt.Fprintf(st.say, "secret %q: one character is not hidden in output: it would hide every such character\n", name)
	}
	for base, n := key, 2; ; n++ {
		old, ok := st.byKey[key]
		if !ok || old == plaintext {
			break
		}
		key = fmt.Sprintf("%s#%d", base, n)
	}
	st.byKey[key] = plaintext
	return &secret{name: name, uri: uri, key: key}, nil
}

// keep stores a text that is not a secret of the caller under a key.
func (st *secretStore) keep(key, text string) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.byKey[key] = text
}

// GetSecret implements secrets.SecretStore for BuildKit's session.
func (st *secretStore) GetSecret(_ context.Context, key string) ([]byte, error) {
	v, ok := st.plaintext(key)
	if !ok {
		return nil, secrets.ErrNotFound
	}
	return []byte(v), nil
}

func (st *secretStore) plaintext(key string) (string, bool) {
	st.mu.Lock()
	defer st.mu.Unlock()
	v, ok := st.byKey[key]
	return v, ok
}

// fromURI reads env://NAME, file://PATH or cmd://COMMAND. Errors name the
// source, never the value.
func (s *Server) secretFromURI(ctx context.Context, uri, cacheKey string) (*secret, error) {
	scheme, rest, ok := strings.Cut(uri, "://")
	if !ok {
		return nil, errors.New("secret: want env://NAME, file://PATH or cmd://COMMAND")
	}
	value, err := s.readSecret(ctx, scheme, rest)
	if err != nil {
		return nil, err
	}
	key := scheme + "://" + rest
	if cacheKey != "" {
		key = "key://" + cacheKey
	}
	return s.secrets.add(key, key, key, value)
}

func (s *Server) readSecret(ctx context.Context, scheme, rest string) (string, error) {
	switch scheme {
	case "env":
		v, ok := os.LookupEnv(rest)
		if !ok {
			return "", fmt.Errorf("secret env://%s: the variable is not set: export it first", rest)
		}
		return v, nil
	case "file":
		path := s.hostPath(expandHome(rest))
		if err := files.Inside(s.opts.Workdir, path); err != nil {
			return "", fmt.Errorf("secret file://%s: %w", rest, err)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return "", fmt.Errorf("secret file://%s: %w", rest, errors.Unwrap(err))
		}
		return string(b), nil
	case "cmd":
		cmd := exec.CommandContext(ctx, "sh", "-c", rest)
		cmd.Dir = s.opts.Workdir
		out, err := cmd.Output()
		if err != nil {
			return "", fmt.Errorf("secret cmd://%s: %w", rest, err)
		}
		return strings.TrimRight(string(out), "\r\n"), nil
	}
	return "", fmt.Errorf("secret: scheme %q is not supported by the embedded engine: use env://, file:// or cmd://", scheme)
}

func expandHome(p string) string {
	if rest, ok := strings.CutPrefix(p, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			return home + "/" + rest
		}
	}
	return p
}

func init() {
	self := func(o *object) *secret { return o.value.(*secret) }
	register(Type{Name: "Secret", Doc: "A value that never appears in output, layers or cache keys.", Fields: []Field{
		{Name: "name", Doc: "Tell the name of the secret.", Returns: "String!",
			resolve: func(_ context.Context, _ *Server, o *object, _ args) (any, error) { return self(o).name, nil }},
		{Name: "uri", Doc: "Tell where the secret comes from.", Returns: "String!",
			resolve: func(_ context.Context, _ *Server, o *object, _ args) (any, error) { return self(o).uri, nil }},
		{Name: "plaintext", Doc: "Return the value to the module's own code.", Returns: "String!",
			resolve: func(_ context.Context, s *Server, o *object, _ args) (any, error) {
				v, _ := s.secrets.plaintext(self(o).key)
				return v, nil
			}},
	}})
}
