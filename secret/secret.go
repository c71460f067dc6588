package secret

import (
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
)

// Value is one value that must not be seen: a token, a key, a password, a file that holds one. It prints as "[secret]"
// in every format, in JSON and in logs. Reveal gives the plaintext.
// It holds a pointer, because package fmt prints unexported fields without calling their methods.
type Value struct{ plain *string }

// New hides a value. An empty string is not a secret and gives the zero Value.
func New(plain string) Value {
	if plain == "" {
		return Value{}
	}
	return Value{&plain}
}

// IsZero reports whether there is no value.
func (s Value) IsZero() bool { return s.plain == nil }

const redacted = "[secret]"

// Reveal returns the plaintext, to pass to a secret store and nothing else.
func (s Value) Reveal() string {
	if s.plain == nil {
		return ""
	}
	return *s.plain
}

// String hides the plaintext.
func (s Value) String() string { return redacted }

// Format hides the plaintext from every verb of package fmt, including %x and %#v.
func (s Value) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// LogValue hides the plaintext from structured logs.
func (s Value) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText hides the plaintext from JSON and other encoders.
func (s Value) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// shortest is the minimum length of a value to search for in text: a shorter one is not a credential, and replacing
// it would garble words.
const shortest = 8

// Scrub removes secrets from a text, in the forms in which a service may echo them: plain, base64 and URL-encoded.
func Scrub(text string, secrets ...Value) string {
	for _, s := range secrets {
		plain := strings.TrimSpace(s.Reveal())
		if len(plain) < shortest {
			continue
		}
		for _, form := range []string{
			plain,
			url.QueryEscape(plain),
			base64.StdEncoding.EncodeToString([]byte(plain)),
			base64.RawURLEncoding.EncodeToString([]byte(plain)),
		} {
			text = strings.ReplaceAll(text, form, redacted)
		}
	}
	return text
}
