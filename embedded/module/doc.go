// Package module reads a Dagger module that is written in Go from its source:
// the constructor, the functions, their arguments, defaults and documentation.
// It builds the module's program and runs it for one call.
//
// Nothing of the module runs to learn what it offers, so the help is there
// without an engine and without a build.
package module
