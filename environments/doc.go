// Package environments defines valid names of environments, and which of them belong to merge requests.
package environments
