// Package doctor looks at the account, the registry and the state bucket, and says what does not work and how to mend
// it.
package doctor
