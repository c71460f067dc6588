package module

import (
	"reflect"
	"testing"
)

func TestSplitPragmas(t *testing.T) {
	for _, tc := range []struct {
		name, comment string
		want          map[string]string
		rest          string
	}{
		{"none", "The region\n", map[string]string{}, "The region"},
		{"flag", "The region\n+optional\n", map[string]string{"optional": "true"}, "The region"},
		{"space after plus", "+ optional\n", map[string]string{"optional": "true"}, ""},
		{"string", "x\n+default=\"eu-west-1\"\n", map[string]string{"default": `"eu-west-1"`}, "x"},
		{"number", "+default=3", map[string]string{"default": "3"}, ""},
		{"bare word", "+cache=never\ny", map[string]string{"cache": `"never"`}, "y"},
		{"list", `+ignore=["*", "!src"]`, map[string]string{"ignore": `["*", "!src"]`}, ""},
		{"list over lines", "+ignore=[\n \"*\",\n \"!src\"\n]\nrest", map[string]string{"ignore": "[\n \"*\",\n \"!src\"\n]"}, "rest"},
		{"several", "a\n+optional\nb\n+default=1\nc", map[string]string{"optional": "true", "default": "1"}, "a\nb\nc"},
		{"plus in text", "1 + 1 = 2\nand C++", map[string]string{}, "1 + 1 = 2\nand C++"},
		{"empty value", "+default=\nrest", map[string]string{"default": `""`}, "rest"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, rest := splitPragmas(tc.comment)
			texts := map[string]string{}
			for k, v := range got {
				texts[k] = string(v)
			}
			if !reflect.DeepEqual(texts, tc.want) || rest != tc.rest {
				t.Errorf("got %q and %q, want %q and %q", texts, rest, tc.want, tc.rest)
			}
		})
	}
}
