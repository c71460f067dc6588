package project

import (
	"path"
	"strings"
)

// Settings is the table [tool.pipeline] of a pyproject.toml. The zero value of
// each field means that the project does not set it.
//
// The tags of a field have its key, its purpose, and the form of its value:
// the reader's errors and the schema for editors are both made from them.
type Settings struct {
	Name           string    `toml:"name" form:"name" doc:"Name of the project where pyproject.toml has no other."`
	Python         string    `toml:"python" form:"minor" doc:"Python's version, such as 3.12. Default: the one of .python-version or .tool-versions, or the newest that requires-python allows."`
	PythonImage    string    `toml:"python-image" doc:"Image to build the app container on."`
	Poetry         string    `toml:"poetry" form:"version" doc:"Poetry's version. Default: the one that wrote poetry.lock."`
	PoetryPlugins  []string  `toml:"poetry-plugins" form:"requirement" doc:"Plugins of Poetry that commands of the project use, such as poetry-plugin-export or poetry-plugin-lambda-build==2.1.0."`
	UV             string    `toml:"uv" form:"version" doc:"uv's version."`
	Requirements   []string  `toml:"requirements" form:"path" doc:"Requirements files to install, where they are not in the usual places: that of what is deployed first."`
	SystemPackages []string  `toml:"system-packages" doc:"Packages of the image's own package manager (apt, apk or dnf)."`
	KnownHosts     string    `toml:"known-hosts" form:"path" doc:"File with the SSH host keys of the git servers that packages and Terraform modules come from, as known_hosts has them. Those of github.com, gitlab.com and bitbucket.org are known."`
	Extras         []string  `toml:"extras" doc:"Extras of the project to install."`
	Groups         []string  `toml:"groups" doc:"Optional dependency groups to install too."`
	WithoutGroups  []string  `toml:"without-groups" doc:"Dependency groups to leave out."`
	Test           Test      `toml:"test" doc:"How the project is tested."`
	Package        Package   `toml:"package" doc:"How the project is packaged."`
	Terraform      Terraform `toml:"terraform" doc:"How the project is deployed."`
}

// Code are the directories of a project that is no package whose modules are imported by
// their own names: src, and the one of the requirements file of what is deployed.
func (s Settings) Code() []string {
	out := []string{"src"}
	if len(s.Requirements) > 0 {
		if dir := path.Dir(path.Clean(s.Requirements[0])); dir != "." && dir != "requirements" && !strings.HasPrefix(dir, "..") && dir != "src" {
			out = append(out, dir)
		}
	}
	return out
}

// Test is the table [tool.pipeline.test].
type Test struct {
	Command   string             `toml:"command" doc:"Command that runs the tests. Default: make test."`
	Variables map[string]string  `toml:"variables" doc:"Environment variables of the tests."`
	Reports   []string           `toml:"reports" form:"path" doc:"JUnit and Cobertura files that the command writes; patterns are allowed."`
	Services  map[string]Service `toml:"services" doc:"Containers that the tests use, reachable by their names."`
}

// Service is the table [tool.pipeline.test.services.NAME].
type Service struct {
	Image     string            `toml:"image" must:"yes" doc:"Image of the service."`
	Port      int               `toml:"port" must:"yes" form:"port" doc:"Port that it listens on."`
	Ports     []int             `toml:"ports" form:"port" doc:"More ports that it listens on."`
	Args      []string          `toml:"args" doc:"Arguments for the image's entrypoint, in place of its own."`
	Variables map[string]string `toml:"variables" doc:"Environment variables of the service."`
	Secrets   map[string]string `toml:"secrets" doc:"Environment variables of the service whose values are in --test-secrets, and their names there."`
	Ready     string            `toml:"ready" doc:"Command in the service's container that succeeds once it is ready; run by /bin/sh. Default: the ports are open."`
}

// Package is the table [tool.pipeline.package].
type Package struct {
	Command   string   `toml:"command" doc:"Command that builds the artifacts. Default: make build; without that target the pipeline packs a Lambda package."`
	Artifacts []string `toml:"artifacts" form:"path" doc:"Files and directories that the command leaves; patterns are allowed for files. Default: artifact.zip, or dist/*.zip where there is none."`
	Extras    []string `toml:"extras" doc:"Extras of the project that a Lambda package or an image has."`
	Files     []string `toml:"files" form:"path" doc:"Files and directories to pack beside what is installed; patterns are allowed. Default, where the project is no package: its modules."`
	Image     *Image   `toml:"image" doc:"The service as a container image, which a deployment pushes and hands to Terraform."`
	Lambda    Lambda   `toml:"lambda" doc:"What a Lambda package is made for. With it the pipeline packs, also where make build is there."`
}

// ImageAlone tells whether the table asks for an image of the service, and says of
// nothing else that it is built.
func (p Package) ImageAlone() bool {
	return p.Image != nil && p.Command == "" && len(p.Artifacts) == 0 && p.Lambda == (Lambda{})
}

// Lambda is the table [tool.pipeline.package.lambda].
type Lambda struct {
	Python       string `toml:"python" form:"minor" doc:"Python's version of the function. Default: the project's."`
	Architecture string `toml:"architecture" form:"x86_64|arm64" doc:"Architecture of the function. Default: x86_64."`
	Platform     string `toml:"platform" form:"manylinux" doc:"Newest wheels to take, such as manylinux_2_28. Default: what the function's Amazon Linux runs."`
	Upload       string `toml:"upload" form:"direct|s3" doc:"How the package gets to Lambda; through S3 it may have more than 50 MB. Default: direct."`
}

// Image is the table [tool.pipeline.package.image].
type Image struct {
	Base         string            `toml:"base" doc:"Image to build it on, with the same Python. Default: that of the app container."`
	Architecture string            `toml:"architecture" form:"x86_64|arm64" doc:"Architecture that it is for. Default: the engine's."`
	Entrypoint   []string          `toml:"entrypoint" doc:"Command that it runs. Default: the project's only console script."`
	Command      []string          `toml:"command" doc:"Arguments of the entrypoint."`
	Port         int               `toml:"port" form:"port" doc:"Port that the service listens on."`
	User         string            `toml:"user" form:"user" doc:"User that it runs as, by number, with :group if wanted; not root. Default: 10001:10001."`
	Variables    map[string]string `toml:"variables" doc:"Environment variables of the image."`
	Variable     string            `toml:"variable" form:"variable" doc:"Variable of the root module that gets the image's reference by digest. Default: image."`
}

// VariableName is the variable of the root module that gets the image, "" where
// the project asks for none.
func (i *Image) VariableName() string {
	if i == nil {
		return ""
	}
	return First(i.Variable, "image")
}

// Terraform is the table [tool.pipeline.terraform].
type Terraform struct {
	Version       string            `toml:"version" form:"version" doc:"Version of Terraform to install. Default: that of .terraform-version, .opentofu-version or .tool-versions, or one that required_version allows."`
	Image         string            `toml:"image" doc:"Image to build the terraform container on."`
	Packages      []string          `toml:"system-packages" doc:"Packages of that image's own package manager, for commands of the root modules."`
	Roots         []string          `toml:"roots" form:"path" doc:"Root modules, in the order in which they are deployed: {environment} stands for the environment's name. Default: infra."`
	Backend       string            `toml:"backend" form:"managed|own" doc:"Whose backend keeps the state: the pipeline's (managed) or the one that the root module declares (own)."`
	BackendConfig map[string]string `toml:"backend-config" doc:"Arguments of the own backend, such as address: {environment} stands for the environment's name."`
	BackendFiles  Rules             `toml:"backend-files" doc:"Files with arguments of the own backend: {environment} stands for the environment's name. Or a table of such lists by environment."`
	KMSKey        string            `toml:"kms-key" form:"kms" doc:"ARN of the KMS key that encrypts the managed state. Default: the bucket's own encryption."`
	Workspace     string            `toml:"workspace" form:"environment|default" doc:"Terraform workspace that a run selects: one named after the environment, or the default one."`
	VariableFiles Rules             `toml:"variable-files" doc:"Files with values of variables, in order: {environment} stands for the environment's name. Or a table of such lists by environment, mr-* for those of merge requests."`
	Variables     map[string]string `toml:"variables" doc:"Values of the root modules' variables."`
	MayDestroy    []string          `toml:"may-destroy" form:"address" doc:"Addresses of resources that go with an environment although they are not its own: that an import block brings into a merge request's, or that are in another environment's state, too."`
}
