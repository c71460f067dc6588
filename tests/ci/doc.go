// Package ci holds the tests of the CI files: the GitLab component and the examples for other systems. They read the
// files only; package run runs them.
package ci
