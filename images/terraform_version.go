package images

import (
	"context"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/go-version"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/tell"
)

// What is taken where neither the caller nor the project says it.
const (
	TerraformBase           = "debian:bookworm-slim"
	defaultTerraformVersion = "1.11.4"
	defaultOpenTofuVersion  = "1.10.6"
)

const oneForAll = "name one for all with version in [tool.pipeline.terraform] of pyproject.toml"

// ChooseRelease is the release for some root modules. named is the version that
// the caller or the table names, which takes precedence; then come the files of
// version managers, in the root modules first; then what required_version allows.
// There is one container for all root modules, so two versions are refused.
func ChooseRelease(ctx context.Context, source *dagger.Directory, roots []string, named Release) (Release, error) {
	file, err := releaseOfFiles(ctx, source, roots)
	if err != nil && named.Version == "" {
		return Release{}, err
	}
	byFile := file.From
	if named.Version != "" {
		named.OpenTofu = file.OpenTofu
		file = named
	}
	var required []string
	overSSH := ""
	for _, root := range roots {
		m, err := ReadRoot(ctx, source, root)
		if err != nil {
			return Release{}, err
		}
		required, overSSH = append(required, m.Required...), first(overSSH, m.OverSSH)
		if file, err = file.reading(m.Missed, byFile); err != nil {
			return Release{}, err
		}
		if file, err = file.lockedIn(ctx, source, root, byFile); err != nil {
			return Release{}, err
		}
	}
	file, err = file.allowed(required)
	file.OverSSH = overSSH
	return file, err
}

// reading is the release that reads some files, which are for OpenTofu alone: they
// name it where no version manager's file names Terraform.
func (r Release) reading(tofu []string, byFile string) (Release, error) {
	if len(tofu) == 0 || r.OpenTofu {
		return r, nil
	}
	if byFile != "" {
		return r, fmt.Errorf("choosing Terraform's version: %s names Terraform, which does not read %s: name OpenTofu's version in .opentofu-version, or rename the file to *.tf", byFile, tofu[0])
	}
	r.OpenTofu = true
	return r, nil
}

// releaseOfFiles is what the files of version managers name, for each root module the
// nearest at or above it. The repository's own counts where no root module has one nearer.
func releaseOfFiles(ctx context.Context, source *dagger.Directory, roots []string) (Release, error) {
	var found Release
	for _, root := range roots {
		var named Release
		for dir := path.Clean(root); dir != "." && named.From == ""; dir = path.Dir(dir) {
			var err error
			if named, err = releaseIn(ctx, source, dir); err != nil {
				return Release{}, err
			}
		}
		var err error
		if found, err = found.and(named); err != nil {
			return found, err
		}
	}
	if found.From != "" {
		return found, nil
	}
	return releaseIn(ctx, source, ".")
}

// and is what two files name, which has to be the same.
func (r Release) and(named Release) (Release, error) {
	if r.From != "" && named.From != "" && (named.Version != r.Version || named.OpenTofu != r.OpenTofu) {
		return r, fmt.Errorf("choosing Terraform's version: %s names %s %s and %s names %s %s: %s", r.From, r.Program(), r.Version, named.From, named.Program(), named.Version, oneForAll)
	}
	if named.From != "" {
		return named, nil
	}
	return r, nil
}

// releaseIn is what the files of version managers in a directory name.
func releaseIn(ctx context.Context, source *dagger.Directory, dir string) (found Release, err error) {
	if ok, err := source.Exists(ctx, dir, dagger.DirectoryExistsOpts{ExpectedType: dagger.ExistsTypeDirectoryType}); err != nil || !ok {
		return Release{}, err // Dagger fails to look for a file in a file
	}
	for _, name := range []string{".opentofu-version", ".terraform-version", ".tool-versions", "mise.toml", ".mise.toml"} {
		file := path.Join(dir, name)
		ok, err := source.Exists(ctx, file)
		if err != nil {
			return Release{}, err
		}
		if !ok {
			continue
		}
		text, err := source.File(file).Contents(ctx)
		if err != nil {
			return Release{}, err
		}
		named, err := namedVersion(name, text)
		if err != nil {
			return Release{}, tell.Errorf("reading %q: %w", file, err)
		}
		if named.Version != "" {
			named.From = file
		}
		if found, err = found.and(named); err != nil {
			return found, err
		}
	}
	return found, nil
}

var exactVersion = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+(-[a-z0-9]+)?$`)

// namedVersion is the version in a version manager's file, if it names one.
func namedVersion(name, text string) (Release, error) {
	if path.Ext(name) == ".toml" {
		return miseVersion(text)
	}
	var r Release
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0 || r.Version != "":
		case name == ".tool-versions" && len(fields) > 1 && (fields[0] == "terraform" || fields[0] == "opentofu"):
			r = Release{Version: fields[1], OpenTofu: fields[0] == "opentofu"}
		case name == ".terraform-version", name == ".opentofu-version":
			r = Release{Version: strings.TrimPrefix(fields[0], "v"), OpenTofu: name == ".opentofu-version"}
		}
	}
	if r.Version = newestMatching(r.Version); slices.Contains(requiredDecides, r.Version) {
		r.Version = ""
	}
	if r.Version != "" && !exactVersion.MatchString(r.Version) {
		return Release{}, fmt.Errorf("%q is not an exact version: give one such as %s there, or with --terraform-version", r.Version, defaultTerraformVersion)
	}
	return r, nil
}

// requiredDecides are words of version managers for a version that they find out: the one
// that required_version allows.
var requiredDecides = []string{"latest", "latest-stable", "latest-allowed", "min-required"}

// newestMatching takes tfenv's latest:REGEX for the newest known version that it matches.
func newestMatching(named string) string {
	if text, ok := strings.CutPrefix(named, "latest:"); ok {
		if matching, err := regexp.Compile(text); err == nil {
			for _, v := range append([]string{defaultTerraformVersion}, lastPatches...) {
				if matching.MatchString(v) {
					return v
				}
			}
		}
	}
	return named
}

// versionIn finds the versions in a constraint.
var versionIn = regexp.MustCompile(`[0-9]+(?:\.[0-9]+){0,2}`)

// lastPatches are the last releases of Terraform's minor versions that get no more
// (https://releases.hashicorp.com/terraform), the newest first.
var lastPatches = []string{"1.10.5", "1.9.8", "1.8.5", "1.7.5", "1.6.6", "1.5.7", "1.4.7", "1.3.10", "1.2.9", "1.1.9", "1.0.11"}

// LocksState reports whether the release can lock a state in S3 itself, which the
// managed state requires.
func (r Release) LocksState() bool {
	v, err := version.NewVersion(r.Version)
	return err != nil || v.Core().GreaterThanOrEqual(version.Must(version.NewVersion("1.10.0")))
}

// allowed is the release, if required_version of all root modules allows it.
// Where none is named, it is the usual one, or the newest that is known and fits:
// the last of an older minor version, or one that they name themselves.
func (r Release) allowed(required []string) (Release, error) {
	var all []string
	for _, text := range required {
		if _, err := version.NewConstraint(text); err == nil && !slices.Contains(all, text) {
			all = append(all, text) // what is no constraint is for Terraform to say
		}
	}
	constraints, err := version.NewConstraint(strings.Join(all, ", "))
	if len(all) == 0 || err != nil {
		if r.Version == "" {
			r.Version = r.usual()
		}
		return r, nil
	}
	if r.Version != "" {
		v, err := version.NewVersion(r.Version)
		if err != nil || !constraints.Check(v) {
			return Release{}, fmt.Errorf("choosing Terraform's version: %s names %s, and required_version wants %s: change one of them", r.From, r.Version, strings.Join(all, ", "))
		}
		return r, nil
	}
	candidates := []*version.Version{version.Must(version.NewVersion(r.usual()))}
	named := versionIn.FindAllString(strings.Join(all, " "), -1)
	if !r.OpenTofu {
		named = append(named, lastPatches...)
	}
	for _, text := range named {
		candidates = append(candidates, version.Must(version.NewVersion(text)))
	}
	slices.SortStableFunc(candidates[1:], func(a, b *version.Version) int { return b.Compare(a) })
	for _, v := range candidates {
		if constraints.Check(v) {
			r.Version = v.Core().String()
			return r, nil
		}
	}
	return Release{}, fmt.Errorf("choosing Terraform's version: required_version wants %s, which names none that fits: name one with version in [tool.pipeline.terraform] of pyproject.toml, or with --terraform-version", strings.Join(all, ", "))
}
