package images

import "testing"

// An image whose files do not fix versions is rebuilt each week; any other is not.
func TestWeek(t *testing.T) {
	if week(false) != "" || week(true) == "" {
		t.Errorf("%q, %q", week(false), week(true))
	}
}
