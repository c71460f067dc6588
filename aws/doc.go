// Package aws opens sessions: where credentials come from, which role they get, whose account that is, and what terraform
// gets of them. It speaks HTTP through aws-sdk-go-v2 and imports nothing of Dagger.
//
// No error, no String and no log line of this package holds a credential: they are of type secret.Value, and what a
// service answers is scrubbed of them.
package aws
