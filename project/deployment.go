package project

import (
	"fmt"

	"github.com/pelletier/go-toml/v2"
)

// DeploymentProject reduces a pyproject.toml to what a deployment reads of it:
// the name, and the table [tool.pipeline.terraform].
func DeploymentProject(pyproject string) (string, error) {
	p, err := Parse(pyproject)
	if err != nil {
		return "", err
	}
	var doc struct {
		Tool struct {
			Pipeline struct{ Terraform map[string]any }
		}
	}
	if err := toml.Unmarshal([]byte(pyproject), &doc); err != nil {
		return "", fmt.Errorf("reading pyproject.toml: %w", positioned(err))
	}
	pipeline := map[string]any{"name": p.Name}
	if doc.Tool.Pipeline.Terraform != nil {
		pipeline["terraform"] = doc.Tool.Pipeline.Terraform
	}
	b, err := toml.Marshal(map[string]any{"tool": map[string]any{"pipeline": pipeline}})
	return string(b), err
}
