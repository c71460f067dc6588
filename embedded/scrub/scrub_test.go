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
		// A prefix that is itself a secret may be masked before the rest of the
		// longer one arrives; what counts is that no secret is left.
		if strings.Contains(out.String(), "s3cret") || strings.Contains(out.String(), "padded") {
			t.Errorf("split by %d: %q holds a secret", size, out.String())
		}
		if size == len(text) && out.String() != want {
			t.Errorf("whole: got %q, want %q", out.String(), want)
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
