package steps

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A report that the project merged of others is not counted beside them. Runs of the same
// tests at other times, and reports that do not say when, all count.
func TestReportsOnce(t *testing.T) {
	const one = `<testsuite timestamp="2026-01-01T00:00:01"><testcase name="a" time="0.001"/></testsuite>`
	const two = `<testsuite timestamp="2026-01-01T00:00:02"><testcase name="a" time="0.001"/></testsuite>`
	const never = `<testsuite><testcase name="a"/></testsuite>`
	for name, test := range map[string]struct {
		files map[string]string
		want  string
	}{
		"merged by the project": {map[string]string{"1.xml": one, "2.xml": two, "3.xml": "<testsuites>" + one + two + "</testsuites>"}, "3.xml"},
		"a part is not in it":   {map[string]string{"1.xml": one, "2.xml": two, "3.xml": "<testsuites>" + one + "</testsuites>"}, "1.xml 2.xml"},
		"two runs":              {map[string]string{"1.xml": one, "2.xml": two}, "1.xml 2.xml"},
		"no times":              {map[string]string{"1.xml": never, "2.xml": "<testsuites>" + never + "</testsuites>"}, "1.xml 2.xml"},
		"no tests":              {map[string]string{"1.xml": "<testsuites><testsuite/></testsuites>"}, "1.xml"},
	} {
		t.Run(name, func(t *testing.T) {
			home, err := filepath.Abs("python")
			if err != nil {
				t.Fatal(err)
			}
			run := exec.Command("python3", "-B", "-c", "import glob, sys\nsys.path.insert(0, sys.argv[1])\nimport reports\nprint(*reports.once(sorted(glob.glob('*.xml'))))", home)
			run.Dir = tree(t, test.files)
			out, err := run.CombinedOutput()
			if got := strings.TrimSpace(string(out)); err != nil || got != test.want {
				t.Errorf("%q, %v, want %q", got, err, test.want)
			}
		})
	}
}
