package main

import (
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// caller runs the pipeline on one project.
type caller struct {
	project     Project
	source, log string
}

func (c caller) call(flags, verb string, env ...string) (string, error) {
	image := os.Getenv("LAB_PYTHON_IMAGES")
	if image != "" {
		image = "--python-image " + fmt.Sprintf(image, c.project.Python)
	}
	return shell("..", strings.Join([]string{"./pipeline call --source", c.source, "--project", c.project.Directory, image, flags, verb}, " "), c.log, env...)
}

// test gives the counts of the reports and, where it failed, the error.
func (c caller) test(reports string) (Counts, string) {
	_ = os.Remove(c.log)
	_ = os.RemoveAll(reports)
	out, failed := c.call("", "test")
	if _, err := c.call("", "test-reports -o "+reports); err != nil && failed == nil {
		return Counts{}, err.Error()
	}
	counts, err := junit(filepath.Join(reports, "junit.xml"))
	if err != nil {
		return Counts{}, said(out)
	}
	if failed != nil {
		return counts, said(out)
	}
	return counts, ""
}

func (c caller) artifacts(dir string) (packed, string) {
	_ = os.RemoveAll(dir)
	if out, err := c.call("", "build-artifacts -o "+dir); err != nil {
		return nil, said(out)
	}
	got, err := found(dir, c.project.Artifacts)
	if err != nil {
		return nil, err.Error()
	}
	return got, ""
}

// deploy puts a root module through all verbs, and says how far it came.
func (c caller) deploy(root Root) string {
	if root.Missing != "" {
		return "not run: " + root.Missing
	}
	environment := root.Environment
	if environment == "" {
		environment = "mr-1"
	}
	flags := "--infra " + root.Path + " --terraform-image $LAB_TERRAFORM_IMAGE --provider-mirror ${PUBLIC_PROVIDER_MIRROR:-$LAB_PROVIDER_MIRROR}" +
		" --state-bucket $LAB_STATE_BUCKET --aws-endpoint $LAB_AWS_ENDPOINT --aws-access-key-id env://AWS_ACCESS_KEY_ID" +
		" --aws-secret-access-key env://AWS_SECRET_ACCESS_KEY --role-arn none --terraform-variables env://PUBLIC_VALUES"
	var done []string
	for _, verb := range []string{"validate", "plan", "deploy", "outputs", "destroy"} {
		command := verb
		if verb != "validate" {
			command += " --environment " + environment
		}
		if out, err := c.call(flags, command, "PUBLIC_VALUES="+root.Values); err != nil {
			return strings.Join(append(done, verb+" fails: "+said(out)), ", ")
		}
		done = append(done, verb)
	}
	return strings.Join(done, ", ")
}

// said is the error line of an output.
func said(out string) string {
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, "Error: ") {
			return strings.TrimSpace(line)
		}
	}
	return last(out)
}

func junit(path string) (Counts, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Counts{}, err
	}
	var report struct {
		Suites []struct {
			Tests    int `xml:"tests,attr"`
			Failures int `xml:"failures,attr"`
			Errors   int `xml:"errors,attr"`
			Skipped  int `xml:"skipped,attr"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(data, &report); err != nil {
		return Counts{}, err
	}
	var c Counts
	for _, s := range report.Suites {
		c.Failed += s.Failures + s.Errors
		c.Skipped += s.Skipped
		c.Passed += s.Tests - s.Failures - s.Errors - s.Skipped
	}
	return c, nil
}
