// Package registry asks any OCI registry three things: which image a tag names, whether a login may push, and to let a
// tag name an image that is there.
package registry
