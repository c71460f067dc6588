package steps

import (
	"fmt"
	"regexp"
	"strings"
)

// noProgram is how Terraform says that the program of an external data source, or the
// interpreter of a provisioner, is not there; notFound is how a shell does.
var (
	noProgram = regexp.MustCompile(`exec: "([^"]+)": executable file not found`)
	notFound  = regexp.MustCompile(`(?m)` + missing(`[^\s:'/]+`))
)

// withoutProgram says what to do where a command of the root module names a program that
// the container does not have, or git's own directory; "" for any other error.
func withoutProgram(d diagnostic) string {
	if ofProgram := strings.HasSuffix(d.summary, "provisioner error") || strings.HasPrefix(d.summary, "External Program"); ofProgram && strings.Contains(oneLine(d.detail), "not a git repository") {
		return d.where("a command asks git, and the source has no .git in the containers") + ": take what git says from a variable, and give it by TF_VAR_NAME in --terraform-secrets"
	}
	m := noProgram.FindStringSubmatch(oneLine(d.detail))
	if ended := commandEnded.FindStringSubmatch(d.detail); m == nil && ended != nil {
		m = notFound.FindStringSubmatch(ended[2])
	}
	if m == nil {
		return ""
	}
	do := fmt.Sprintf("add the package that has it to system-packages in %s", settingsTable)
	switch m[1] {
	case "docker", "podman":
		do = "let the pipeline build the image of the service ([tool.pipeline.package.image]), or build it in a job before this one"
	case "source": // which sh does not know on Debian
		do = `use ".", or let bash run the command (interpreter = ["bash", "-c"])`
	}
	return d.where(fmt.Sprintf("there is no %s in the terraform container", m[1])) + ": " + do
}

// explainArchive says which commands make a directory that is to be packed and not there.
// output has the module that the archive is of.
func (w Workspace) explainArchive(output, said string) string {
	if !strings.Contains(said, "could not archive missing") || len(w.Module.Makers) == 0 {
		return said
	}
	module := ""
	if m := archiveOf.FindStringSubmatch(frame.ReplaceAllString(output, "")); m != nil {
		module = m[1]
	}
	return fmt.Sprintf("%s: where the command of %s makes it, that ran in an earlier run, whose files are gone: %s",
		said, strings.Join(w.Module.Makers, " or "), runAgain(module+strings.Join(w.Module.Makers, " --replace "+module)))
}

var archiveOf = regexp.MustCompile(`(?m)with ((?:module\.[^\s,]+\.)?)data\.archive_file\.`)
