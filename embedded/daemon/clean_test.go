package daemon

import (
	"reflect"
	"slices"
	"testing"
)

func TestLeftContainers(t *testing.T) {
	for list, want := range map[string][]string{
		"null": nil,
		"[]":   nil,
		`[{"id":"a","bundle":"/s/runc-overlayfs/executor/a"},{"id":"b","bundle":"/s2/b"},{"id":"c","bundle":"/var/lib/other"}]`: {"a"},
	} {
		if got, err := leftContainers([]byte(list), "/s"); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %q, %v, want %q", list, got, err, want)
		}
	}
	if _, err := leftContainers([]byte("x"), "/s"); err == nil {
		t.Error("no error for output that is not JSON")
	}
}

func TestMountsBelow(t *testing.T) {
	const mountinfo = `22 1 8:1 / / rw - ext4 /dev/a rw
30 22 0:5 / /s rw - tmpfs tmpfs rw
31 30 0:6 / /s/a\040b rw shared:1 - overlay overlay rw
32 31 0:7 / /s/a\040b/c rw - overlay overlay rw
33 22 0:8 / /s2/x rw - overlay overlay rw
`
	if got, want := mountsBelow(mountinfo, "/s"), []string{"/s/a b", "/s/a b/c"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
