package tell

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestShort(t *testing.T) {
	for _, test := range []struct {
		most       int
		line, want string
	}{
		{20, "twenty characters !!", "twenty characters !!"},
		{20, "reading the file at last: no such file", "reading ... file"},
		{21, "abcdefghijklmnopqrstuvwxyz", "abcdefgh ... stuvwxyz"},
		{21, strings.Repeat("ä", 30), strings.Repeat("ä", 8) + " ... " + strings.Repeat("ä", 8)},
	} {
		if got := ShortTo(test.most, test.line); got != test.want || utf8.RuneCountInString(got) > test.most {
			t.Errorf("%q to %d: %q, want %q", test.line, test.most, got, test.want)
		}
	}
	long := "ValueError: " + strings.Repeat("word ", 200) + "is not what was expected"
	if got := Short(long); len(got) > longest || !strings.HasPrefix(got, "ValueError: ") || !strings.HasSuffix(got, "is not what was expected") {
		t.Errorf("%q", got)
	}
}
