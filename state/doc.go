// Package state reads the bucket of terraform's states: its settings, the states, and their locks.
package state
