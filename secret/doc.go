// Package secret keeps values out of everything that is printed, encoded or logged.
package secret
