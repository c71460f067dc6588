package printable

import (
	"math/rand"
	"regexp"
	"strings"
	"testing"
)

func TestString(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"text", "one\ntwo\tthree é 日本\r\n", "one\ntwo\tthree é 日本\n"},
		{"colours", "\x1b[1;31mred\x1b[0m\x1b[m", "\x1b[1;31mred\x1b[0m\x1b[m"},
		{"screen, title, links", "a\x1b[2J\x1b[1A\x1b]0;t\x07\x1b]8;;x\x1b\\b\x1bPq\x1b\\c\x1bcd", "abcd"},
		{"unfinished", "a\x1b[3", "a[3"},
		{"controls", "a\x00\x08\x7f\u009bb", "ab"},
		{"another order", "delete \u202eetaerc\u202c \u2066x\u2069\u200f", "delete etaerc x"},
		{"over one line", " 10%\r 20%", " 10%\n 20%"},
		{"GitLab", "\x1b[0Ksection_start:1:a\r\x1b[0Khi section_end:1:a", "section_start :1:a\nhi section_end :1:a"},
		{"GitHub, behind blanks of Unicode", "\u00a0::stop-commands::t\n\u2003\u3000::error::y", "\u00a0: :stop-commands::t\n\u2003\u3000: :error::y"},
		{"GitHub", "::add-mask::x\n \x1b[1m::error::y\na::b ::1\r::set-env a", ": :add-mask::x\n \x1b[1m: :error::y\na::b ::1\n: :set-env a"},
		{"Azure, TeamCity, GitHub's older ones", "##vso[a] ##teamcity[b] ##[c] ## d", "## vso[a] ## teamcity[b] ## [c] ## d"},
		{"put together by what is dropped", "##\x1b[2Kvso[a]", "## vso[a]"},
		{"Buildkite", "--- a\n \x1b[1m+++ b\r~~~\tc\n^^^ +++\n\u2003--- d\n---\n----- e\nx --- y", " --- a\n \x1b[1m +++ b\n ~~~\tc\n ^^^ +++\n\u2003 --- d\n---\n----- e\nx --- y"},
		{"Travis", "travis_fold:start:a", "travis_fold :start:a"},
	} {
		if got := String(tc.in); got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.name, got, tc.want)
		}
	}
}

// TestNothingRemains puts parts of sequences and commands together at random.
func TestNothingRemains(t *testing.T) {
	parts := []string{"\x1b", "[", "]", "0", ";", "K", "m", "\x07", "\\", "\r", "\n", " ", "##", "#", "vso[", "teamcity[", ":", "::", "set-env", "\u00a0", "\u2003", "\u3000", "\ufeff",
		"section_start:", "section_", "end:", "travis_", "fold:", "P", "---", "+++", "~~~", "^^^", "\x1b[31m", "\x1b[2J", "\u009b"}
	remains := regexp.MustCompile(`section_(start|end):|##(vso|teamcity)?\[|travis_(fold|time):|(^|\n)[ \t\x{a0}\x{2003}\x{3000}\x{feff}]*::[a-zA-Z]|(^|\n)(---|\+\+\+|~~~|\^\^\^) |\x1b[^\[]|\x1b$|\x1b\[[0-9;:]*[^0-9;:m]|[\x00-\x08\x0b-\x1a\x7f]`)
	rng := rand.New(rand.NewSource(1))
	for range 20_000 {
		var in strings.Builder
		for range 1 + rng.Intn(14) {
			in.WriteString(parts[rng.Intn(len(parts))])
		}
		if got := String(in.String()); remains.MatchString(got) {
			t.Fatalf("%q gives %q, which has %q", in.String(), got, remains.FindString(got))
		}
	}
}
