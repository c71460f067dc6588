// Package environments knows which names environments may have, and which of them are those of merge requests.
package environments
