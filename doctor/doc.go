// Package doctor checks the account, the registry and the state bucket, and says what does not work and how to fix
// it.
package doctor
