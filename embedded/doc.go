// Package embedded is the root of the module that runs the pipeline where
// neither Dagger nor Docker is installed.
//
// It adapts Dagger's session protocol to BuildKit: daemon keeps a buildkitd,
// session translates GraphQL to LLB, module builds and calls main.go, cli is the
// command line and bindings generates the types that main.go imports. BuildKit
// solves, caches, pulls and pushes.
//
// The directory is a Go module of its own, so that a Dagger engine that loads
// the pipeline does not download BuildKit's source. Its go.mod names buildkitd as a tool: that
// pins the daemon and the client library to one version. It is built from the Go module proxy
// alone, without the parts that the engine does not use (daemon/trim.go).
package embedded
