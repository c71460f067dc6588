package steps

import (
	"fmt"
	"testing"
)

func TestCasesOfAReport(t *testing.T) {
	const report = `<testsuites><testsuite tests="4" failures="1" errors="1" skipped="1" time="3.5">
<testcase classname="a" name="ok" time="1.5"/><testcase name="slow" time="1,234.5"><failure/></testcase>
<testcase classname="a" name="gone" time="NaN"><skipped/></testcase><testcase classname="a" name="broken" time="1e300"><error/></testcase></testsuite></testsuites>`
	l := left{junit: report}
	got := pageOf(l, l.note()).Tests
	if want := "[{a.ok passed 1.5} {slow failed 0} {a.gone skipped 0} {a.broken failed 0}]"; got == nil || fmt.Sprint(got.Cases) != want {
		t.Errorf("got %+v, want the cases %s", got, want)
	}
	if got := pageOf(left{}, left{}.note()); got.Tests != nil {
		t.Errorf("without a report there are the tests %+v", got.Tests)
	}
}

// Destructive changes come first; a change that is none of the four actions shows its other ones.
func TestPlanOfAPage(t *testing.T) {
	s := Summary{
		Changes: []Change{
			{Address: "new", Action: "create"}, {Address: "moved", Action: "no-op", From: "was"}, {Address: "taken", Action: "update", Imported: true},
			{Address: "gone", Action: "delete"}, {Address: "left", Action: "forget"}, {Address: "again", Action: "replace"},
		},
		Outputs: []string{"url"}, Drift: []Change{{Address: "drifted", Action: "update"}},
	}
	const want = "[{destroy gone } {replace again } {update, import taken } {create new } {move moved was} {forget left } {output url } {changed outside drifted }]"
	if got := fmt.Sprint(s.page("infra").Changes); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
