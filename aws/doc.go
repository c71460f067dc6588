// Package aws mints the credentials that a step needs, reaches the registries that hold its images, writes ECR lifecycle
// policies that cannot expire what is in use, and explains what of all that works. It speaks HTTP through aws-sdk-go-v2
// and imports nothing of Dagger.
//
// Every error is one line that says what failed, on what input, and the next thing to try. No error, no String and no
// log line of this package holds a credential: they are of type Secret, and what a service answers is scrubbed of them.
package aws
