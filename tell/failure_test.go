package tell

import "testing"

func TestLastLine(t *testing.T) {
	for _, test := range []struct {
		texts []string
		want  string
	}{
		{[]string{"a\nb\n\n", "c"}, "b"},
		{[]string{" \n", "c\n d \n"}, "d"},
		{[]string{"", ""}, "it failed and said nothing"},
		{nil, "it failed and said nothing"},
	} {
		if got := LastLine(test.texts...); got != test.want {
			t.Errorf("%q: %q, want %q", test.texts, got, test.want)
		}
	}
}
