package ci

import (
	"testing"
	"time"
)

func TestSections(t *testing.T) {
	at := time.Unix(1560896352, 999)
	for _, c := range []struct{ got, want string }{
		{SectionStart("unit_test", "Unit test", at), "\x1b[0Ksection_start:1560896352:unit_test[collapsed=true]\r\x1b[0KUnit test\n"},
		{SectionEnd("unit_test", at.Add(time.Second)), "\x1b[0Ksection_end:1560896353:unit_test\r\x1b[0K\n"},
		{SectionStart("a b[x]:é\n", "one\ntwo\x1b[0K\rthree", at), "\x1b[0Ksection_start:1560896352:a_b_x____[collapsed=true]\r\x1b[0Kone two [0K three\n"},
		{SectionEnd("a b[x]:é\n", at), "\x1b[0Ksection_end:1560896352:a_b_x____\r\x1b[0K\n"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
