// Package fault makes one-line errors: what was being done, on what, the cause, and what to try next.
package fault
