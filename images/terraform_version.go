package images

import (
	"context"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"dagger/pipeline/internal/dagger"
)

// What is taken where neither the caller nor the project says it.
const (
	TerraformBase           = "debian:bookworm-slim"
	defaultTerraformVersion = "1.11.4"
)

// TerraformVersion is the version that the project's files name for the version
// managers of Terraform, in the root modules first: .terraform-version, or
// .tool-versions. There is one container for all root modules, so that two
// versions are refused.
func TerraformVersion(ctx context.Context, source *dagger.Directory, roots []string) (string, error) {
	version, from := "", ""
	for _, dir := range append(slices.Clone(roots), ".") {
		if dir == "." && version != "" {
			break // what a root module says goes before it
		}
		for _, name := range []string{".terraform-version", ".tool-versions"} {
			file := path.Join(dir, name)
			ok, err := source.Exists(ctx, file)
			if err != nil {
				return "", err
			}
			if !ok {
				continue
			}
			text, err := source.File(file).Contents(ctx)
			if err != nil {
				return "", err
			}
			named, err := namedVersion(name, text)
			switch {
			case err != nil:
				return "", fmt.Errorf("reading %q: %w", file, err)
			case named == "":
				continue
			case version != "" && named != version:
				return "", fmt.Errorf("choosing Terraform's version: %s names %s and %s names %s: name one for all with version in [tool.pipeline.terraform] of pyproject.toml", from, version, file, named)
			}
			version, from = named, file
			break
		}
	}
	if version == "" {
		return defaultTerraformVersion, nil
	}
	return version, nil
}

var exactVersion = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+(-[a-z0-9]+)?$`)

// namedVersion is the version in a version manager's file, "" where it names
// none of Terraform's.
func namedVersion(name, text string) (string, error) {
	version := ""
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		fields := strings.Fields(line)
		switch {
		case name == ".tool-versions" && len(fields) > 1 && fields[0] == "terraform":
			version = fields[1]
		case name == ".terraform-version" && len(fields) > 0 && version == "":
			version = strings.TrimPrefix(fields[0], "v")
		}
	}
	if version != "" && !exactVersion.MatchString(version) {
		return "", fmt.Errorf("%q is no exact version: give one such as %s there, or with --terraform-version", version, defaultTerraformVersion)
	}
	return version, nil
}
