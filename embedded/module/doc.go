// Package module reads a Dagger module that is written in Go from its source:
// the constructor, the functions, their arguments, defaults and documentation.
// It builds the module's program and runs it for one call.
//
// Finding out what a module offers runs none of its code, so the help works
// without an engine and without a build.
package module
