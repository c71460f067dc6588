// Package ci has the files of the CI systems, for a project to begin with.
package ci

import "embed"

// Version is the version of the pipeline that the files are of.
const Version = "v0.1.0"

// Files are the files of this directory by their names.
//
//go:embed *.yml Jenkinsfile
var Files embed.FS
