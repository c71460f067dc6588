package printable

import "testing"

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0 root modules", 1: "1 root module", 2: "2 root modules", 11: "11 root modules"} {
		if got := Count(n, "root module"); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}
