package ci

import (
	"maps"
	"math/rand"
	"strings"
	"testing"
)

func TestDotenv(t *testing.T) {
	got, err := Dotenv(map[string]string{
		"ENVIRONMENT_URL": "https://mr-7.example.com/?a=b#c",
		"EMPTY":           "",
		"B64":             "aGVsbG8=",
		"_x1":             "é",
	}, DotenvLimits{})
	want := "B64=aGVsbG8=\nEMPTY=\nENVIRONMENT_URL=https://mr-7.example.com/?a=b#c\n_x1=é\n"
	if err != nil || got != want {
		t.Errorf("Dotenv = %q, %v, want %q", got, err, want)
	}
}

func TestCheckDotenvRefuses(t *testing.T) {
	const secret = "c4n4ry"
	for _, c := range []struct{ key, value, want string }{
		{"", secret, `key ""`},
		{"a-b", secret, `key "a-b"`},
		{"a.b", secret, `key "a.b"`},
		{"a b", secret, `key "a b"`},
		{"1a", secret, `key "1a"`},
		{"é", secret, `key "é"`},
		{"A\nB", secret, `key "A\nB"`},
		{strings.Repeat("k", 256), secret, `rename it`},
		{"K", secret + "\n" + secret, `the value of "K" has '\n'`},
		{"K", secret + "\r", `has '\r'`},
		{"K", secret + " " + secret, `has ' '`},
		{"K", "\t" + secret, `has '\t'`},
		{"K", secret + "\u00a0", `has '\u00a0'`},
		{"K", secret + "\u2028", `has '\u2028'`},
		{"K", `"` + secret + `"`, `has '"'`},
		{"K", "'" + secret + "'", `has '\''`},
		{"K", "`" + secret + "`", "has '`'"},
		{"K", "$" + secret, `has '$'`},
		{"K", secret + "\x00", `has '\x00'`},
		{"K", secret + "\x1b[0K", `has '\x1b'`},
		{"K", secret + "\xff", `is not UTF-8`},
	} {
		text, err := Dotenv(map[string]string{c.key: c.value}, DotenvLimits{})
		if err == nil {
			t.Errorf("Dotenv(%q: %q) = %q, want an error", c.key, c.value, text)
			continue
		}
		if !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "\n") {
			t.Errorf("Dotenv(%q: %q): got %q, want one line with %q and without the value", c.key, c.value, err, c.want)
		}
	}
}

func TestDotenvLimits(t *testing.T) {
	of := func(n int) map[string]string {
		m := map[string]string{}
		for i := range n {
			m["K"+strings.Repeat("x", i)] = ""
		}
		return m
	}
	for _, c := range []struct {
		name      string
		variables map[string]string
		limits    DotenvLimits
		want      string
	}{
		{"20 variables", of(20), DotenvLimits{}, ""},
		{"21 variables", of(21), DotenvLimits{}, "writing dotenv: 21 variables are over GitLab's limit of 20"},
		{"21 variables where 50 may be", of(21), DotenvLimits{Variables: 50}, ""},
		{"5119 bytes", map[string]string{"K": strings.Repeat("v", 5119-3)}, DotenvLimits{}, ""},
		{"5120 bytes", map[string]string{"K": strings.Repeat("v", 5120-3)}, DotenvLimits{}, "writing dotenv: 5120 bytes are not below GitLab's limit of 5120"},
		{"5120 bytes where 6000 may be", map[string]string{"K": strings.Repeat("v", 5120-3)}, DotenvLimits{Bytes: 6000}, ""},
	} {
		_, err := Dotenv(c.variables, c.limits)
		if (err == nil) != (c.want == "") || err != nil && !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}

func TestParseDotenv(t *testing.T) {
	got, err := ParseDotenv("\ufeff# facts\r\n\r\nexport A=1\r\n B = two words \nC=\nD=a=b#c\nE=\"main\"\nF='x'\nG=$A\n  # end")
	want := map[string]string{"A": "1", "B": "two words", "C": "", "D": "a=b#c", "E": `"main"`, "F": "'x'", "G": "$A"}
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("ParseDotenv = %q, %v, want %q", got, err, want)
	}
	for text, want := range map[string]string{
		"A=1\nc4n4ry":                    `reading dotenv: line 2 has no "=": `,
		"A=1\n\nA=1":                     `reading dotenv: line 3 gives "A" again: `,
		"=c4n4ry":                        `reading dotenv: the key in line 1 `,
		"a b=c4n4ry":                     `reading dotenv: the key in line 1 `,
		"BASH_FUNC_f%%=() { echo c4n4ry": `reading dotenv: the key in line 1 `,
	} {
		if _, err := ParseDotenv(text); err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "c4n4ry") {
			t.Errorf("ParseDotenv(%q): got %v, want %q and no value", text, err, want)
		}
	}
}

// TestDotenvRoundTrip: what Dotenv writes, ParseDotenv reads back, and what it refuses one by one it refuses together.
func TestDotenvRoundTrip(t *testing.T) {
	random := rand.New(rand.NewSource(2))
	pick := func(alphabet string, n int) string {
		s := make([]rune, random.Intn(n))
		for i := range s {
			s[i] = []rune(alphabet)[random.Intn(len([]rune(alphabet)))]
		}
		return string(s)
	}
	written, refused := 0, 0
	for range 50_000 {
		variables, fit := map[string]string{}, true
		for range random.Intn(4) {
			key, value := pick("AZaz09_", 6), pick("ab=#:/&?%{}[]é世\\", 12)
			if random.Intn(8) == 0 {
				value += pick("\n \"'$\r\x00", 2)
			}
			variables[key] = value
		}
		for key, value := range variables {
			fit = fit && CheckDotenv(key, value) == nil
		}
		text, err := Dotenv(variables, DotenvLimits{})
		if (err == nil) != fit {
			t.Fatalf("Dotenv(%q) = %v, though each variable by itself is fit: %v", variables, err, fit)
		}
		if err != nil {
			refused++
			continue
		}
		written++
		if got, err := ParseDotenv(text); err != nil || !maps.Equal(got, variables) {
			t.Fatalf("ParseDotenv(Dotenv(%q)) = %q, %v", variables, got, err)
		}
	}
	if written < 5_000 || refused < 5_000 {
		t.Errorf("%d written and %d refused: the test says too little", written, refused)
	}
}

func FuzzParseDotenv(f *testing.F) {
	f.Add("A=1\n# c\nexport B=\"x\"")
	f.Fuzz(func(t *testing.T, text string) {
		variables, err := ParseDotenv(text)
		for key := range variables {
			if err != nil || !isKey(key) {
				t.Errorf("ParseDotenv(%q) = %q, %v", text, variables, err)
			}
		}
	})
}
