package images

import "testing"

// An image whose files do not fix its versions is of its week; another is not.
func TestWeek(t *testing.T) {
	if week(false) != "" || week(true) == "" {
		t.Errorf("%q, %q", week(false), week(true))
	}
}
