// Package registry does three things in any OCI registry: it looks up which image a tag names, checks whether a login
// may push, and adds a tag to an existing image.
package registry
