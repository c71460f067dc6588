package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Result is what came of one project.
type Result struct {
	Hand, Pipeline Counts
	Names          string            `json:",omitempty"` // same, or which tests came out otherwise; empty where no report by hand has all of them
	Package        string            `json:",omitempty"` // same, or what differs
	Roots          map[string]string `json:",omitempty"`
	Error          string            `json:",omitempty"` // the pipeline's own words, where tests or package failed
	Dagger         string            `json:",omitempty"` // same, or what else came of it on a Dagger engine
}

func (r Result) String() string {
	said := fmt.Sprintf("hand %v, pipeline %v (names %s), package %s, %s %s", r.Hand, r.Pipeline, r.Names, r.Package, r.roots(), r.Error)
	if r.Dagger != "" {
		said += ", on Dagger " + r.Dagger
	}
	return said
}

// onDagger notes what came of the project on a Dagger engine, beside what is known of it.
func (r Result) onDagger(came Result) Result {
	known := r
	known.Dagger, came.Dagger = "", ""
	r.Dagger = "same"
	if !reflect.DeepEqual(known, came) {
		r.Dagger = came.String()
	}
	return r
}

// runner runs parts of it: hand, pipeline, terraform.
type runner struct {
	sources, work string
	parts         []string
}

// run adds to what is known of a project.
func (r runner) run(p Project, result Result) (Result, error) {
	name := strings.ReplaceAll(p.Repository, "/", "+")
	work := filepath.Join(r.work, name)
	hand, pipeline := filepath.Join(work, "hand"), filepath.Join(work, "pipeline")
	if p.Test != "" && slices.Contains(r.parts, "hand") {
		if err := r.checkout(p, name, hand); err != nil {
			return result, err
		}
		var err error
		result.Hand, err = byHand(p, filepath.Join(hand, p.Directory), work)
		if err != nil {
			return result, err
		}
	}
	if err := r.checkout(p, name, pipeline); err != nil {
		return result, err
	}
	if err := add(p.Table, filepath.Join(pipeline, p.Directory, "pyproject.toml")); err != nil {
		return result, err
	}
	c := caller{project: p, source: pipeline, log: filepath.Join(work, "pipeline.log")}
	if p.Test != "" && slices.Contains(r.parts, "pipeline") {
		var tests outcomes
		result.Pipeline, tests, result.Error = c.test(filepath.Join(work, "reports"))
		result.Names = ""
		if counts, byHand, err := report(handReport(work)); err == nil && counts == result.Hand {
			result.Names = differences(byHand, tests, func(string) bool { return true })
		}
		if p.Package != "" {
			byHand, err := found(filepath.Join(hand, p.Directory), p.Artifacts)
			if err != nil {
				return result, err
			}
			got, failed := c.artifacts(filepath.Join(work, "artifacts"))
			result.Package = byHand.compare(got)
			if failed != "" {
				result.Package = "fails: " + failed
			}
		}
	}
	if len(p.Roots) > 0 && slices.Contains(r.parts, "terraform") {
		result.Roots = map[string]string{}
		var kept []Root
		for i, root := range p.Roots {
			if i == 0 {
				root.Account = slices.Concat(p.Account, root.Account)
			}
			if root.Table != "" {
				if err := r.checkout(p, name, pipeline); err != nil {
					return result, err
				}
				if err := add(root.Table, filepath.Join(pipeline, p.Directory, "pyproject.toml")); err != nil {
					return result, err
				}
			}
			for _, command := range root.Account {
				if out, err := shell("", command, c.log); err != nil {
					return result, fmt.Errorf("making what the account has, %q: %w: %s", command, err, last(out))
				}
			}
			steps := verbs
			if root.Keep {
				steps, kept = verbs[:lasting], append(kept, root)
			}
			result.Roots[root.Path] = c.put(root, steps)
		}
		for _, root := range slices.Backward(kept) {
			if came := result.Roots[root.Path]; !strings.Contains(came, "fails") {
				result.Roots[root.Path] = came + ", " + c.put(root, verbs[lasting:])
			}
		}
	}
	return result, nil
}

// checkout makes a directory with the project at its commit.
func (r runner) checkout(p Project, name, dir string) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if r.sources != "" {
		if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
			return err
		}
		return run("", "cp", "-a", filepath.Join(r.sources, name), dir)
	}
	if err := run("", "git", "init", "-q", dir); err != nil {
		return err
	}
	if err := run(dir, "git", "fetch", "-q", "--depth=1", "https://github.com/"+p.Repository, p.Commit); err != nil {
		return err
	}
	return run(dir, "git", "checkout", "-q", "FETCH_HEAD")
}

// add writes the table to the end of a pyproject.toml.
func add(table, path string) error {
	if table == "" {
		return nil
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.WriteString("\n" + table)
	return err
}

func run(dir string, args ...string) error {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("running %q: %w: %s", args, err, bytes.TrimSpace(out))
	}
	return nil
}

// shell runs a command with variables and gives all that it prints.
func shell(dir, command, log string, env ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", command)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if f, open := os.OpenFile(log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644); open == nil {
		fmt.Fprintf(f, "$ %s\n%s\n(%v)\n", command, out, err)
		f.Close()
	}
	return string(out), err
}
