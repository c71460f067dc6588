// Package secret keeps values out of all that is printed, encoded or logged.
package secret
