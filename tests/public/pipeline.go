package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// caller runs the pipeline on one project.
type caller struct {
	project     Project
	source, log string
}

func (c caller) call(flags, verb string, env ...string) (string, error) {
	var image string
	if images := os.Getenv("LAB_PYTHON_IMAGES"); images != "" && c.project.Python != "" {
		image = "--python-image " + fmt.Sprintf(images, c.project.Python)
	}
	command := "./pipeline call --source"
	if onDagger() {
		command = "NO_COLOR=1 dagger --progress=plain -m . call --source"
	}
	return shell("..", strings.Join([]string{command, c.source, "--project", c.project.Directory, image, flags, verb}, " "), c.log, env...)
}

func onDagger() bool { return os.Getenv("PIPELINE_TEST_ENGINE") == "dagger" }

// test gives what its reports say and, where it failed, the error.
func (c caller) test(reports string) (Counts, outcomes, string) {
	_ = os.Remove(c.log)
	_ = os.RemoveAll(reports)
	attempt := fmt.Sprintf(" --attempt %d", time.Now().Unix()) // no earlier result counts
	out, failed := c.call("", "test"+attempt)
	if _, err := c.call("", "test-reports -o "+reports+attempt); err != nil && failed == nil {
		return Counts{}, nil, err.Error()
	}
	counts, all, err := report(filepath.Join(reports, "junit.xml"))
	if err != nil { // no report, as unittest writes none
		counts = counted(out)
	}
	if failed != nil {
		return counts, all, said(out)
	}
	return counts, all, ""
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

// The verbs that a root module is put through, and how many of them before its destruction.
var verbs = []string{"validate", "plan", "deploy", "outputs", "plan", "destroy"}

const lasting = 5

// put puts a root module through verbs, and says how far it came.
func (c caller) put(root Root, verbs []string) string {
	if root.Missing != "" {
		return "not run: " + root.Missing
	}
	environment := root.Environment
	if environment == "" {
		environment = "mr-1"
	}
	flags := "--infra " + root.Path + " --terraform-image $LAB_TERRAFORM_IMAGE --provider-mirror ${PUBLIC_PROVIDER_MIRROR:-$LAB_PROVIDER_MIRROR}" +
		" --state-bucket $LAB_STATE_BUCKET --aws-endpoint $LAB_AWS_ENDPOINT --aws-access-key-id env://AWS_ACCESS_KEY_ID" +
		" --aws-secret-access-key env://AWS_SECRET_ACCESS_KEY --role-arn none"
	if root.Values != "" {
		flags += " --terraform-variables env://PUBLIC_VALUES"
	}
	var done []string
	for i, verb := range verbs {
		command := verb
		if verb != "validate" {
			command += " --environment " + environment
		}
		if verb == "destroy" {
			command += " --confirm " + environment
		}
		if root.Artifact != "" && (verb == "plan" || verb == "deploy") {
			command += " --artifact " + filepath.Join(c.source, root.Artifact)
		}
		out, err := c.call(flags, command, "PUBLIC_VALUES="+root.Values)
		if err != nil {
			return strings.Join(append(done, verb+" fails: "+said(out)), ", ")
		}
		if verb == "plan" && i > 1 {
			verb = "plan again (" + planned(out) + ")"
		}
		done = append(done, verb)
	}
	return strings.Join(done, ", ")
}

var counts = regexp.MustCompile(`(?m)^plan: (.*)$`)

// planned is what a plan says of a root module that was deployed just now.
func planned(out string) string {
	m := counts.FindStringSubmatch(out)
	if m == nil {
		return "without counts"
	}
	if m[1] == "0 to add, 0 to change, 0 to destroy" {
		return "no changes"
	}
	return m[1]
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
