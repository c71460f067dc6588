package state

import (
	"testing"

	"dagger/pipeline/aws/awstest"
)

func TestParseLock(t *testing.T) {
	l, err := ParseLock([]byte(awstest.HeldLock))
	if err != nil || l.ID != "f3e1-77" || l.Who != "root@runner-9" || l.Path != "state/app/prod/terraform.tfstate" || l.Created.Year() != 2026 {
		t.Errorf("%+v, %v", l, err)
	}
	for _, bad := range []string{"", "{}", "[]", `{"ID":7}`} {
		if _, err := ParseLock([]byte(bad)); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
}

// S3 signs a path with every reserved character escaped.
func TestKeysAreEscapedAsSigned(t *testing.T) {
	f := awstest.NewFake(t)
	s := awstest.Resolve(t, awstest.WithKeys(awstest.Config(f)))
	if _, err := In(s, "state").ReadLock(t.Context(), "a+b/c d@e=f/terraform.tfstate"); err != nil {
		t.Fatal(err)
	}
	if last := f.Actions()[len(f.Actions())-1]; last != "GET /state/a%2Bb/c%20d%40e%3Df/terraform.tfstate.tflock" {
		t.Errorf("asked %q", last)
	}
}
