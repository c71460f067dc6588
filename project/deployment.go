package project

import (
	"fmt"

	"github.com/pelletier/go-toml/v2"
)

// DeploymentProject reduces a pyproject.toml to what a deployment reads of it:
// the name, the table [tool.pipeline.terraform], and which variable gets the image
// of the service.
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
	if variable := p.Settings.Package.Image.VariableName(); variable != "" {
		pipeline["package"] = map[string]any{"image": map[string]any{"variable": variable}}
	}
	b, err := toml.Marshal(map[string]any{"tool": map[string]any{"pipeline": pipeline}})
	return string(b), err
}
