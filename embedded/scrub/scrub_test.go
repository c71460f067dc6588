package scrub

import (
	"math/rand"
	"strings"
	"testing"
)

func TestWriterFindsSecretsAtEverySplit(t *testing.T) {
	var set Set
	set.Add("s3cret-value", "s3cret", " padded\n", "")
	text := "a s3cret-value b s3cret c s3cre padded d s3cret-valu"
	want := "a *** b *** c s3cre *** d ***-valu"
	for size := 1; size <= len(text); size++ {
		var out strings.Builder
		w := set.Writer(&out)
		for rest := text; rest != ""; {
			n := min(size, len(rest))
			if _, err := w.Write([]byte(rest[:n])); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if out.String() != want {
			t.Errorf("split by %d: got %q, want %q", size, out.String(), want)
		}
	}
}

func TestWriterKeepsOtherTextUnchanged(t *testing.T) {
	rng := rand.New(rand.NewSource(1))
	var set Set
	set.Add("XYZXYQ")
	for range 500 {
		var in strings.Builder
		for range 200 {
			in.WriteByte("XYZ \n"[rng.Intn(5)])
		}
		var out strings.Builder
		w := set.Writer(&out)
		for rest := in.String(); rest != ""; {
			n := 1 + rng.Intn(min(7, len(rest)))
			if n > len(rest) {
				n = len(rest)
			}
			_, _ = w.Write([]byte(rest[:n]))
			rest = rest[n:]
		}
		_ = w.Close()
		if out.String() != in.String() {
			t.Fatalf("changed %q to %q", in.String(), out.String())
		}
	}
}

// TestNoPartOfASecretIsLeft: of secrets that contain, overlap or repeat one
// another nothing is shown, wherever the writes end.
func TestNoPartOfASecretIsLeft(t *testing.T) {
	rng := rand.New(rand.NewSource(5))
	word := func(most int) string {
		b := make([]byte, Shortest+rng.Intn(most))
		for i := range b {
			b[i] = "abc"[rng.Intn(3)]
		}
		return string(b)
	}
	for range 5000 {
		var set Set
		var secrets []string
		for range 1 + rng.Intn(4) {
			secrets = append(secrets, word(5))
		}
		set.Add(secrets...)
		text := word(40)
		hidden := make([]bool, len(text))
		for _, v := range secrets {
			for i := range text {
				if strings.HasPrefix(text[i:], v) {
					for j := range v {
						hidden[i+j] = true
					}
				}
			}
		}
		var shown, left strings.Builder
		for i, h := range hidden {
			if !h {
				shown.WriteByte(text[i])
			}
		}
		var out strings.Builder
		w := set.Writer(&out)
		for rest := text; rest != ""; {
			n := min(1+rng.Intn(8), len(rest))
			_, _ = w.Write([]byte(rest[:n]))
			rest = rest[n:]
		}
		_ = w.Close()
		left.WriteString(strings.ReplaceAll(out.String(), Mask, ""))
		if left.String() != shown.String() || out.String() != set.String(text) {
			t.Fatalf("%q in %q: got %q, whole %q, want %q with masks", secrets, text, out.String(), set.String(text), shown.String())
		}
	}
}

// TestOneCharacterIsNoSecret: without it there would be nothing left to read.
func TestOneCharacterIsNoSecret(t *testing.T) {
	var set Set
	if set.Add("a\n") || set.String("a banana") != "a banana" {
		t.Errorf("got %q", set.String("a banana"))
	}
	if !set.Add("", "ab", "ab") || set.String("abc") != "***c" {
		t.Errorf("got %q", set.String("abc"))
	}
}
