// Package aws opens sessions: where credentials come from, which role they assume, whose account that is, and what
// terraform gets. It uses HTTP through aws-sdk-go-v2 and imports no Dagger.
//
// No error, String or log line of this package contains a credential: credentials are of type secret.Value, and they
// are scrubbed from the services' answers.
package aws
