package steps

import (
	"slices"
	"strings"
	"testing"

	"dagger/pipeline/doctor"
	"dagger/pipeline/images"
	"dagger/pipeline/trust"
)

func TestDoctorsReport(t *testing.T) {
	good, bad := doctor.Check{Name: "engine", OK: true, Detail: "runs"}, doctor.Check{Name: "identity", Detail: "none", Fix: "give one"}
	text, err := report([]doctor.Check{good}, "the settings")
	if err != nil || !strings.Contains(text, "runs") || !strings.HasSuffix(text, "\nthe settings") {
		t.Errorf("got %q, %v", text, err)
	}
	text, err = report([]doctor.Check{good, bad, {Name: "registry"}}, "the settings")
	if err == nil || text != "" || !strings.Contains(err.Error(), "not ok: 2 of 3 checks: identity, registry") {
		t.Errorf("got %q, %v", text, err)
	}
}

func TestDoctorNamesTheEngine(t *testing.T) {
	for said, want := range map[string]string{"": "Dagger ", "embedded engine 1": "embedded engine 1, linux/amd64; its cache"} {
		t.Setenv(engineVariable, said)
		if c := (Doctor{}).engine(t.Context()); !c.OK || !strings.HasPrefix(c.Detail, want) {
			t.Errorf("%q: got %+v, want %q", said, c, want)
		}
	}
}

// An open run is to be able to push beside the protected images, not over them.
func TestWhereTheDoctorMayPush(t *testing.T) {
	for level, want := range map[trust.Level][2][]string{
		trust.Protected: {{"shop/app", "shop/terraform"}, nil},
		trust.Open:      {{"shop/open/app", "shop/open/terraform"}, {"shop/app", "shop/results", "shop/terraform"}},
	} {
		got := pushes(images.Store{Path: "shop", Writes: level})
		for _, list := range [][]string{got.To, got.NotTo} {
			slices.Sort(list)
		}
		if !slices.Equal(got.To, want[0]) || !slices.Equal(got.NotTo, want[1]) {
			t.Errorf("%s: pushes to %v and not to %v, want %v", level, got.To, got.NotTo, want)
		}
	}
}

// An open run reaches the states of merge requests alone, and looks at those locks. Where
// nothing is deployed yet production's is to be out of reach, too.
func TestStatesThatTheDoctorMayReach(t *testing.T) {
	server, asked := cloud(t)
	with := settings(server.URL)
	for level, want := range map[string][2]int{"protected": {4, 0}, "open": {3, 1}} {
		with.Trust = level
		place, err := NewRun(with, "").registryPlace(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		keys, not := Doctor{AWS: place.AWS, Registry: place, Bucket: "states", Project: "shop"}.states(t.Context())
		if len(keys) != want[0] || len(not) != want[1] || want[1] == 1 && not[0] != "shop/prod/terraform.tfstate" {
			t.Errorf("%s: %q and not %q", level, keys, not)
		}
		asked.none = true
		if keys, not = (Doctor{AWS: place.AWS, Registry: place, Bucket: "states", Project: "shop"}).states(t.Context()); len(keys) != 0 || len(not) != want[1] {
			t.Errorf("%s, nothing deployed: %q and not %q", level, keys, not)
		}
		asked.none = false
	}
}

// Without credentials it is no error only where nothing needs them.
func TestDoctorWithoutCredentials(t *testing.T) {
	if text, err := (Doctor{}).Run(t.Context()); err != nil || !strings.Contains(text, "no AWS credentials are given") {
		t.Errorf("got %q, %v", text, err)
	}
	if text, err := (Doctor{Bucket: "states"}).Run(t.Context()); err == nil || !strings.Contains(err.Error(), "identity") {
		t.Errorf("got %q, %v", text, err)
	}
}
