// Package ci turns what a CI system says about a pipeline into decisions: which environment it deploys to, under which
// image tag, and how a job reports back. It takes values and returns values; it reads no environment and no file.
package ci
