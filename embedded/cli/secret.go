package cli

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// secret parses the address of a secret: env://NAME, file://PATH or cmd://COMMAND,
// with an optional ?cacheKey=KEY that stands for its value in cache keys. No error
// shows the text, which may be the secret itself by mistake.
func (a *App) secret(text string) ([]argument, error) {
	want := errors.New("want env://NAME, file://PATH or cmd://COMMAND")
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok {
		// Only the name of a variable, as older command lines accepted it.
		name := strings.TrimPrefix(text, "env:")
		if _, set := a.LookupEnv(name); !set || !variableName.MatchString(name) {
			return nil, want
		}
		scheme, rest = "env", name
	}
	switch scheme {
	case "env", "file", "cmd":
	default:
		if !variableName.MatchString(scheme) {
			return nil, want
		}
		return nil, fmt.Errorf("unsupported secret provider %q: %w", scheme, want)
	}
	rest, key := splitCacheKey(rest)
	args := []argument{{"uri", scheme + "://" + rest}}
	if key != "" {
		args = append(args, argument{"cacheKey", key})
	}
	return args, nil
}

// splitCacheKey cuts the cacheKey off the query at the end of a secret's
// address.
func splitCacheKey(rest string) (base, key string) {
	base, q, ok := strings.Cut(rest, "?")
	values, err := url.ParseQuery(q)
	if !ok || err != nil || values.Get("cacheKey") == "" {
		return rest, ""
	}
	key = values.Get("cacheKey")
	values.Del("cacheKey")
	if len(values) > 0 {
		base += "?" + values.Encode()
	}
	return base, key
}
