package images

import "testing"

func TestUnquoted(t *testing.T) {
	for value, want := range map[string]string{
		`abc`: `abc`, `"abc"`: `abc`, `'a"c'`: `a"c`, `"a'c"`: `a'c`, `""`: ``,
		`"`: `"`, `"abc`: `"abc`, `abc"`: `abc"`, `"a'`: `"a'`, `"a" "b"`: `"a" "b"`, `{"a": "b"}`: `{"a": "b"}`,
	} {
		if got := unquoted(value); got != want {
			t.Errorf("%s: %s, want %s", value, got, want)
		}
	}
}
