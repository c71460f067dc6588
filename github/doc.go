// Package github writes comments on GitHub's pull requests.
package github
