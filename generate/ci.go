package generate

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	ci "dagger/pipeline/examples/ci"
)

// system is a CI system: its name and its files.
type system struct {
	name  string
	files []file
}

// file is an example, and where it belongs.
type file struct{ example, path string }

// systems are those that are known; the first is taken where no other is found.
var systems = []system{
	{"gitlab", []file{{"gitlab.yml", ".gitlab-ci.yml"}}},
	{"github", []file{{"github.yml", ".github/workflows/pipeline.yml"}, {"github-destroy.yml", ".github/workflows/pipeline-destroy.yml"}}},
	{"jenkins", []file{{"Jenkinsfile", "Jenkinsfile"}}},
	{"circleci", []file{{"circleci.yml", ".circleci/config.yml"}}},
	{"azure", []file{{"azure-pipelines.yml", "azure-pipelines.yml"}}},
	{"bitbucket", []file{{"bitbucket-pipelines.yml", "bitbucket-pipelines.yml"}}},
	{"buildkite", []file{{"buildkite.yml", ".buildkite/pipeline.yml"}}},
}

const noSystem = "none"

// choose is the CI system that is asked for, or the first whose file or directory is there.
func (w *writer) choose() (system, error) {
	var names []string
	for _, s := range systems {
		if s.name == w.System {
			return s, nil
		}
		names = append(names, s.name)
	}
	if w.System != "" {
		return system{}, fmt.Errorf("choosing the CI system: there is no %q: use %s or %s", w.System, strings.Join(names, ", "), noSystem)
	}
	top, err := w.source.Names(".")
	for _, s := range systems {
		name, _, below := strings.Cut(s.files[0].path, "/")
		if slices.Contains(top, name) || below && slices.Contains(top, name+"/") { // a directory may be a link
			return s, err
		}
	}
	return systems[0], err
}

// plain is what needs quotes neither in YAML nor in a shell.
var plain = regexp.MustCompile(`^[A-Za-z0-9._][A-Za-z0-9._/:@~+-]*$`)

// ci writes the CI system's files. One that is there stays as it is.
func (w *writer) ci() error {
	if w.System == noSystem {
		return nil
	}
	s, err := w.choose()
	if err != nil {
		return err
	}
	module, err := w.address()
	if err != nil {
		return err
	}
	for _, text := range []string{module, w.Project} {
		if text != "" && !plain.MatchString(text) {
			return fmt.Errorf("writing the file for %s: %q cannot stand in it without quotes: use letters, digits and ._/:@~+-", s.name, text)
		}
	}
	calls := true
	for _, f := range s.files {
		if calls, err = w.systemFile(f, module, calls); err != nil {
			return err
		}
	}
	if module == "" && len(w.Files) > 0 {
		place := "set the variable DAGGER_MODULE"
		if s.name == "gitlab" {
			place = "put it in the place of " + group
		}
		w.note("%s: the address of the pipeline is not known: name it with --module, or %s", s.files[0].path, place)
	}
	return nil
}

// systemFile writes a file, unless it is there or the one that it belongs to does not call the pipeline, and tells whether it does so itself.
func (w *writer) systemFile(f file, module string, wanted bool) (calls bool, err error) {
	link, err := w.link(f.path)
	if err != nil || link != "" {
		w.left(link)
		return false, err
	}
	there, exists, err := w.source.Text(f.path)
	switch ours := isOurs.MatchString(there); {
	case err != nil:
		return false, err
	case exists && !ours:
		w.note("%s: is there and stays as it is: to run the pipeline, add to it what examples/ci/%s of the pipeline has", f.path, f.example)
		return false, nil
	case exists && strings.Contains(there, group):
		w.note("%s: %s is still in it: put the address of the pipeline in its place", f.path, group)
	case !exists && !wanted:
		w.note("%s: is not written alone: it belongs to a file that stays as it is", f.path)
	case !exists:
		w.Files[f.path], err = w.file(f, module)
	}
	return wanted, err
}

// group stands for where the pipeline is, in the file of GitLab.
const group = "YOUR-GROUP"

// isOurs tells a CI file that calls the pipeline.
var isOurs = regexp.MustCompile(`PIPELINE_FLAGS|templates/pipeline\.yml|/pipeline@`)

// file is the text of a file, which is the example with the pipeline's address and the project's path.
func (w *writer) file(f file, module string) (string, error) {
	data, err := ci.Files.ReadFile(f.example)
	if err != nil {
		return "", err
	}
	text := string(data)
	if f.example == "gitlab.yml" {
		return w.gitlab(text, module)
	}
	if module != "" {
		text = namesVariable.ReplaceAllString(text, "")
		text = strings.ReplaceAll(text, "dagger call", "dagger -m "+module+" call")
	}
	if w.Project != "." {
		text = strings.ReplaceAll(text, "--state-bucket=", "--project="+w.Project+" --state-bucket=")
	}
	return text, nil
}

// namesVariable is where the examples name the variable with the pipeline's address, or set it.
var namesVariable = regexp.MustCompile(`DAGGER_MODULE, |(?m)^ *DAGGER_MODULE: .*\n`)

// gitlab is the file of GitLab, which includes the component from where the pipeline is.
func (w *writer) gitlab(text, module string) (string, error) {
	if module != "" {
		text = strings.Replace(text, "component: $CI_SERVER_FQDN/"+group+"/pipeline/pipeline@"+ci.Version, include(module), 1)
		text = strings.Replace(text, "$CI_SERVER_HOST/"+group+"/pipeline@"+ci.Version, module, 1)
	}
	project, there, err := w.project()
	if err != nil {
		return "", err
	}
	pack := project.Settings.Package
	switch {
	case there && pack.ImageAlone():
		text += "      package: none\n"
	case len(pack.Artifacts) > 1:
		text += "      package: files\n"
	}
	if w.Project != "." {
		text += "      flags: --project=" + w.Project + "\n"
	}
	return text, nil
}
