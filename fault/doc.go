// Package fault makes one line of what went wrong: what was being done, on what, the cause, and what to try next.
package fault
