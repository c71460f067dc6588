// Package project reads a project's description and settings in its pyproject.toml.
package project

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/pelletier/go-toml/v2"
)

// Project is what the pipeline reads from a pyproject.toml.
type Project struct {
	// Name is part of the states' keys; see Named.
	Name string
	// RequiresPython is the range of Python versions as the project writes it:
	// a specifier (>=3.11) or a Poetry constraint (^3.11). It may be empty.
	RequiresPython string
	// RequiresPoetry is the range of Poetry versions, often empty.
	RequiresPoetry string
	Settings       Settings

	optional map[string]string // see Install
	members  []string          // patterns of the members of its uv workspace
}

// Parse reads a pyproject.toml.
func Parse(pyproject string) (Project, error) {
	var doc struct {
		Project struct {
			Name           string
			RequiresPython string `toml:"requires-python"`
		}
		Tool struct {
			Poetry struct {
				Name           string
				RequiresPoetry string `toml:"requires-poetry"`
				Dependencies   struct{ Python any }
			}
			UV       struct{ Workspace struct{ Members []string } }
			Pipeline any
		}
	}
	if err := toml.Unmarshal([]byte(pyproject), &doc); err != nil {
		return Project{}, fmt.Errorf("reading pyproject.toml: %w", positioned(err))
	}
	p := Project{
		Name:           First(doc.Project.Name, doc.Tool.Poetry.Name),
		RequiresPython: doc.Project.RequiresPython,
		RequiresPoetry: doc.Tool.Poetry.RequiresPoetry,
		optional:       optional(pyproject),
		members:        doc.Tool.UV.Workspace.Members,
	}
	if python, ok := doc.Tool.Poetry.Dependencies.Python.(string); ok && p.RequiresPython == "" {
		p.RequiresPython = python
	}
	if doc.Tool.Pipeline != nil {
		if err := read("tool.pipeline", doc.Tool.Pipeline, &p.Settings); err != nil {
			return Project{}, fmt.Errorf("reading pyproject.toml: %w", err)
		}
		err := checkServices(p.Settings.Test.Services)
		if err == nil {
			err = p.Settings.Terraform.checkMarks()
		}
		if err != nil {
			return Project{}, fmt.Errorf("reading pyproject.toml: %w", err)
		}
	}
	p.Name = First(p.Name, p.Settings.Name)
	return p, nil
}

// name is the form of a project's name in Python's packaging standards. It has
// no slash, so that one project's state cannot be taken for another's.
var name = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$`)

// Named says what is wrong with the project's name.
func (p Project) Named() error {
	switch {
	case p.Name == "":
		return errors.New(`reading pyproject.toml: the project has no name: give it one with name in [project] or [tool.pipeline], it is part of the states' keys`)
	case !name.MatchString(p.Name):
		return fmt.Errorf("reading pyproject.toml: %q is not a valid project name: use letters, digits, '.', '-' and '_', with a letter or digit at both ends", p.Name)
	}
	return nil
}

// First is the first text that is not empty.
func First(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// positioned adds the line to a syntax error.
func positioned(err error) error {
	var syntax *toml.DecodeError
	if errors.As(err, &syntax) {
		row, column := syntax.Position()
		return fmt.Errorf("line %d, column %d: %w", row, column, err)
	}
	return err
}
