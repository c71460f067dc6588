package project

import "regexp"

// cloned are the forms in which lock and requirements files name a git repository
// that a package comes from: Poetry's, uv's and pip's.
var cloned = regexp.MustCompile(`(?m)^type = "git"|\bgit = "|\btype = "git"|\bgit\+(?:https?|ssh|file)://`)

// Clones tells whether a lock or requirements file takes a package from a git
// repository, so that what installs it needs git.
func Clones(lock string) bool { return cloned.MatchString(lock) }
