// Command public puts public projects through the pipeline and through the same by hand, in a
// virtual environment, and compares what comes out.
//
//	go run -C tests ./public run [--sources DIR] [OWNER/NAME ...]   runs them, all or those that are named
//	go run -C tests ./public table                                  prints the results as a table
//
// projects.toml says which, results.json what came of them. Their code is cloned from GitHub at the commit
// of the list, or taken from DIR/OWNER+NAME. Only a [tool.pipeline] table is added to it.
//
// With PIPELINE_TEST_ENGINE=dagger they run on a Dagger engine, with `dagger` from PATH, and the results say whether the
// same came of them there.
//
// It needs a lab (go run -C lab . up) whose environment is exported, and on PATH the Pythons that the
// projects ask for, such as python3.12. LAB_PYTHON_IMAGES is the base image, with %s for Python's version.
// PUBLIC_PROVIDER_MIRROR has the providers that root modules need besides that of AWS: archive, null, random, local, time.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Project is one line of the list.
type Project struct {
	Repository string
	Commit     string
	Directory  string   // of the project in the repository
	Lock       string   // what wrote its lock file
	Manager    string   // what installs and packages by hand, where that is another version
	Python     string   // version to run with
	Table      string   // what is added to its pyproject.toml
	Install    []string // commands that install it by hand, where they are not those of its lock file
	Test       string   // command that runs its tests by hand; none where only its root modules are run
	Package    string   // command that packages it by hand
	Artifacts  []string // what that leaves
	Account    []string // commands that make what its AWS account has already; those of a root module run before it
	Roots      []Root   // its root modules for AWS
	Mended     string   // what was mended in the pipeline for it
	Missing    string   // why it is not compared: what it needs, or does not have
}

// Root is a root module.
type Root struct {
	Path string
	// Table is added to the project's pyproject.toml instead of the project's own.
	Table string
	// Environment to deploy.
	Environment string
	// Values of the module's variables, as the text of a .tfvars file.
	Values  string
	Account []string
	// Artifact is a file of the repository that is deployed in place of a package.
	Artifact string
	// Missing is what it needs and a machine without the internet has not.
	Missing string
	// Keep has it destroyed after the root modules that follow it, which read its state.
	Keep bool
	// Mended is what was mended in the pipeline for it.
	Mended string
}

func main() {
	if err := do(); err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(1)
	}
}

func do() error {
	flags := flag.NewFlagSet("public", flag.ExitOnError)
	sources := flags.String("sources", "", "directory of the projects' sources, instead of GitHub")
	work := flags.String("work", filepath.Join(os.TempDir(), "pipeline-public"), "directory to work in")
	parts := flags.String("parts", "hand,pipeline,terraform", "what to run")
	list := flags.String("list", "public/projects.toml", "the list")
	kept := flags.String("results", "public/results.json", "the results")
	if len(os.Args) < 2 {
		return fmt.Errorf("reading the arguments: run or table is missing")
	}
	if err := flags.Parse(os.Args[2:]); err != nil {
		return err
	}
	projects, err := read(*list)
	if err != nil {
		return err
	}
	results := map[string]Result{}
	if data, err := os.ReadFile(*kept); err == nil {
		if err := json.Unmarshal(data, &results); err != nil {
			return fmt.Errorf("reading %q: %w", *kept, err)
		}
	}
	if os.Args[1] == "table" {
		fmt.Print(table(projects, results))
		return nil
	}
	for _, p := range projects {
		if flags.NArg() > 0 && !slices.Contains(flags.Args(), p.Repository) || flags.NArg() == 0 && p.Missing != "" {
			continue
		}
		result, err := runner{*sources, *work, strings.Split(*parts, ",")}.run(p, results[p.Repository])
		if err != nil {
			return fmt.Errorf("running %q: %w", p.Repository, err)
		}
		if onDagger() {
			result = results[p.Repository].onDagger(result)
		}
		results[p.Repository] = result
		data, err := json.MarshalIndent(results, "", "\t")
		if err != nil {
			return err
		}
		if err := os.WriteFile(*kept, append(data, '\n'), 0o644); err != nil {
			return err
		}
		fmt.Println(p.Repository, result)
	}
	return nil
}

func read(path string) ([]Project, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var list struct{ Project []Project }
	if err := toml.Unmarshal(data, &list); err != nil {
		return nil, fmt.Errorf("reading %q: %w", path, err)
	}
	return list.Project, nil
}
