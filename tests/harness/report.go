package harness

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// JUnit is the part of a JUnit report that the tests read.
type JUnit struct {
	Tests, Failures int
	// Run names the execution of the tests that wrote the report.
	Run string
}

// Reports exports the project's test reports and returns the folder.
func (p *Project) Reports(t testing.TB, args ...string) (dir string, r Result) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "reports")
	r = p.w.Succeed(t, p.Call("test-reports").And(args...).And("export", "--path", dir))
	return dir, r
}

// Run names the execution of the tests that the reports of the project come from.
func (p *Project) Run(t testing.TB) string {
	t.Helper()
	dir, _ := p.Reports(t)
	return ReadJUnit(t, filepath.Join(dir, "junit.xml")).Run
}

// ReadJUnit reads a report.
func ReadJUnit(t testing.TB, path string) JUnit {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var report struct {
		Suite struct {
			Tests      int `xml:"tests,attr"`
			Failures   int `xml:"failures,attr"`
			Properties []struct {
				Name  string `xml:"name,attr"`
				Value string `xml:"value,attr"`
			} `xml:"properties>property"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(data, &report); err != nil {
		t.Fatalf("reading %q: %v", path, err)
	}
	out := JUnit{Tests: report.Suite.Tests, Failures: report.Suite.Failures}
	for _, property := range report.Suite.Properties {
		if property.Name == "run" {
			out.Run = property.Value
		}
	}
	if out.Run == "" {
		t.Fatalf("%q names no run", path)
	}
	return out
}

// Installed identifies the installation of the dependencies in the app container: the time of a file
// that it wrote.
func (p *Project) Installed(t testing.TB) string {
	t.Helper()
	return p.stat(t, "app-container", "/opt/venv/bin/pytest")
}

// Fetched identifies the download of the providers in the terraform container.
func (p *Project) Fetched(t testing.TB, flags ...string) string {
	t.Helper()
	return p.stat(t, "terraform-container", "/opt/terraform/providers/registry.terraform.io", flags...)
}

func (p *Project) stat(t testing.TB, container, path string, flags ...string) string {
	t.Helper()
	r := p.w.Succeed(t, p.Call(flags...).And(container, "with-exec", "--args", "stat,-c,%y,"+path, "stdout"))
	stamp := strings.TrimSpace(r.Stdout)
	if stamp == "" {
		t.Fatalf("%s has no time", path)
	}
	return stamp
}
