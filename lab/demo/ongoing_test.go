package main

import "testing"

func TestOngoing(t *testing.T) {
	var o ongoing
	for _, c := range []struct{ line, want string }{
		{"lab: no provider mirror found", "no provider mirror found"},
		{"lab: installing moto 5.2.1, once ...", "installing moto 5.2.1, once"},
		{"lab: building base image python ...", "installing moto 5.2.1, once; building base image python"},
		{"lab: installing moto 5.2.1, once ... 112s", "building base image python"},
		{"lab: building base image python ... 40s, 80 MB", ""},
		{"lab: pushing base image python ... 0.4s", ""},
	} {
		if got := o.line(c.line); got != c.want {
			t.Errorf("after %q: got %q, want %q", c.line, got, c.want)
		}
	}
}
