package plain

import (
	"bytes"
	"math/rand"
	"regexp"
	"strings"
	"testing"

	"dagger/pipeline/embedded/scrub"
)

var cases = []struct{ name, in, want string }{
	{"text", "one\ntwo\tthree é 日本\n", "one\ntwo\tthree é 日本\n"},
	{"colours", "\x1b[1;31mred\x1b[0m \x1b[38:5:9mx\x1b[m", "\x1b[1;31mred\x1b[0m \x1b[38:5:9mx\x1b[m"},
	{"lines of Windows", "a\r\nb\r\n", "a\r\nb\r\n"},
	{"progress over one line", " 10%\r 20%\r\r 30%\n", " 10%\n 20%\n 30%\n"},
	{"cursor and screen", "a\x1b[2J\x1b[H\x1b[1A\x1b[K\x1b[?1049hb", "ab"},
	{"title, clipboard and link", "a\x1b]0;title\x07b\x1b]52;c;eA==\x1b\\c\x1b]8;;http://x\x1b\\d", "abcd"},
	{"device control", "a\x1bPq#0\x1b\\b\x1b_x\x1b\\c\x1b^x\x1b\\d\x1bXx\x1b\\e", "abcde"},
	{"short sequences", "a\x1bcb\x1b(0c\x1b7d\x1b=e\x1b#8f", "abcdef"},
	{"unfinished", "a\x1b[31", "a[31"},
	{"unfinished over a line", "a\x1b]0;t\nb\x07", "a]0;t\nb"},
	{"controls", "a\x00\x07\x08\x0b\x0c\x0e\x7f\u0085\u009b31mb", "a31mb"},
	{"another order", "delete \u202eetaerc\u202c \u2066x\u2069\u200f", "delete etaerc x"},
	{"bytes that are no text", "a\x9b31m\xe9\xffb", "a31m\xe9\xffb"},

	{"GitLab", "x \x1b[0Ksection_start:1:a[collapsed=true]\r\x1b[0Khi\n\x1b[0Ksection_end:1:a\r\x1b[0K", "x section_start :1:a[collapsed=true]\nhi\nsection_end :1:a"},
	{"GitHub", "::add-mask::x\n  ::stop-commands::t\n\x1b[0m::error::e\nC++ a::b\n::1 localhost\n",
		": :add-mask::x\n  : :stop-commands::t\n\x1b[0m: :error::e\nC++ a::b\n::1 localhost\n"},
	{"GitHub, behind blanks of Unicode", "\u00a0::stop-commands::t\n\u2003\u3000::error::y", "\u00a0: :stop-commands::t\n\u2003\u3000: :error::y"},
	{"GitHub, after a carriage return", "x\r::set-output name=a::b", "x\n: :set-output name=a::b"},
	{"GitHub's older ones", "x ##[add-path]/tmp", "x ## [add-path]/tmp"},
	{"Azure", "x ##vso[task.setvariable variable=a]b", "x ## vso[task.setvariable variable=a]b"},
	{"Azure, split by a sequence", "##\x1b[2Kvso[task.complete]", "## vso[task.complete]"},
	{"TeamCity", "##teamcity[setParameter name='a']", "## teamcity[setParameter name='a']"},
	{"Travis", "travis_fold:start:a\ntravis_time:end:b", "travis_fold :start:a\ntravis_time :end:b"},
	{"a diff", "--- a\n+++ b\n~~~\n", "--- a\n+++ b\n~~~\n"},
}

func TestString(t *testing.T) {
	for _, tc := range cases {
		if got := String(tc.in); got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.name, got, tc.want)
		}
	}
	buildkite = true
	t.Cleanup(func() { buildkite = false })
	if got, want := String("--- a\n \x1b[1m+++ b\n^^^ +++\n~~~\nx --- y"), " --- a\n \x1b[1m +++ b\n ^^^ +++\n ~~~\nx --- y"; got != want {
		t.Errorf("Buildkite: got %q, want %q", got, want)
	}
}

// TestWriterIsTheSameAtEverySplit: where the writes end changes nothing.
func TestWriterIsTheSameAtEverySplit(t *testing.T) {
	var all strings.Builder
	for _, tc := range cases {
		all.WriteString(tc.in + "\n")
	}
	for _, in := range append([]string{all.String()}, parts...) {
		for size := 1; size < 40; size++ {
			if got, want := inPieces(in, func() int { return size }), String(in); got != want {
				t.Fatalf("in pieces of %d: got %q, want %q", size, got, want)
			}
		}
	}
}

func inPieces(in string, size func() int) string {
	var b bytes.Buffer
	w := Writer(&b)
	for rest := in; rest != ""; {
		n := min(size(), len(rest))
		if n2, err := w.Write([]byte(rest[:n])); err != nil || n2 != n {
			panic("short write")
		}
		rest = rest[n:]
	}
	_ = w.Close()
	return b.String()
}

var parts = []string{"\x1b", "[", "]", "0", ";", "K", "m", "\x07", "\\", "\r", "\n", " ", "#", "##", "vso[", "teamcity[", ":", "::", "set-env", "a", "\u00a0", "\u2003", "\u3000", "\ufeff",
	"section_start:", "section_", "end:", "1:", "travis_", "fold:", "P", "\x1b[31m", "\x1b[2J", "\u009b", "\xc2", "\x9b", "é"}

// whatRemains are the commands and sequences, as those who take them look for
// them: GitLab, Azure and TeamCity anywhere, GitHub where a line starts, which is
// also after a carriage return.
var whatRemains = regexp.MustCompile(`section_(start|end):|##(vso|teamcity)?\[|travis_(fold|time):|(^|[\r\n])[ \t\x{a0}\x{2003}\x{3000}\x{feff}]*::[a-zA-Z]|\x1b[^\[]|\x1b$|\x1b\[[0-9;:]*[^0-9;:m]|[\x00-\x08\x0b\x0c\x0e-\x1a\x7f]|\r[^\n]`)

// TestNothingRemains puts such text together at random.
func TestNothingRemains(t *testing.T) {
	rng := rand.New(rand.NewSource(3))
	for range 20_000 {
		var in strings.Builder
		for range 1 + rng.Intn(14) {
			in.WriteString(parts[rng.Intn(len(parts))])
		}
		got := inPieces(in.String(), func() int { return 1 + rng.Intn(6) })
		if got != String(in.String()) {
			t.Fatalf("%q: in pieces %q, whole %q", in.String(), got, String(in.String()))
		}
		if bad := whatRemains.FindString(got); bad != "" {
			t.Fatalf("%q gives %q, which has %q", in.String(), got, bad)
		}
	}
}

// TestResultKeepsSections: those that the pipeline writes, not what looks like them.
func TestResultKeepsSections(t *testing.T) {
	own := "\x1b[0Ksection_start:1560896352:unit_test[collapsed=true]\r\x1b[0KUnit test\n ok\n\x1b[0Ksection_end:1560896353:unit_test\r\x1b[0K\n"
	if got := Result(own); got != own {
		t.Errorf("got %q", got)
	}
	if got, want := Result("x section_start:1:a\r\x1b[0K##vso[y]"), "x section_start :1:a\n## vso[y]"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestWriterHoldsNoLine: a line that is under way is shown, as tests print it.
func TestWriterHoldsNoLine(t *testing.T) {
	var b bytes.Buffer
	w := Writer(&b)
	for _, part := range []string{"tests/test_a.py ", "..", "F"} {
		_, _ = w.Write([]byte(part))
	}
	if b.String() != "tests/test_a.py ..F" {
		t.Errorf("shown so far: %q", b.String())
	}
}

// TestHidingHidesBothWays: a secret that looks like a command, and one that had a
// sequence in it.
func TestHidingHidesBothWays(t *testing.T) {
	var secrets scrub.Set
	secrets.Add("pass##[word", "joined")
	var b bytes.Buffer
	w := Hiding(&b, secrets.Writer)
	for _, part := range []string{"a pass##", "[word b jo\x1b[", "2Kined c"} {
		_, _ = w.Write([]byte(part))
	}
	_ = w.Close()
	if got, want := b.String(), "a *** b *** c"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
