package rootmodule

import (
	"regexp"
	"slices"
	"strings"
)

// Backend is a declared backend: s3, http, cloud, ...
type Backend struct {
	Type string
	// Config are its arguments that are texts, in the form of a template where only the
	// program can tell what they say.
	Config map[string]string
	// Chooses are its arguments that choose an identity or a server of its own.
	Chooses []string
	// Where it stands: infra/main.tf line 3.
	Where string
	// Text is the block as it is written; "" in JSON.
	Text string
	// Files have further arguments, given with -backend-config.
	Files []BackendFile
}

// ownWay are the arguments of a backend in S3 by which it works as somebody else, or on
// another server than AWS, or encrypts with a key that nobody else has.
var ownWay = regexp.MustCompile(`^(role_arn|secret_key|token|sse_customer_key|endpoints?|[a-z]+_endpoint|custom_ca_bundle)$`)

func (b *Backend) chooses(argument string) {
	if ownWay.MatchString(argument) || choosesCredentials(argument) {
		b.Chooses = append(b.Chooses, argument)
		slices.Sort(b.Chooses)
	}
}

// Elsewhere tells whether the backend's states in S3 are on another server than AWS.
func (b *Backend) Elsewhere() bool {
	return slices.ContainsFunc(b.Chooses, func(argument string) bool { return argument == "endpoint" || argument == "endpoints" }) &&
		!strings.Contains(b.Text, ".amazonaws.com")
}

// Computed tells whether only the program can tell where the state is: OpenTofu takes
// variables in a backend.
func (b *Backend) Computed() bool {
	return strings.Contains(b.Config["bucket"]+b.Config["key"]+b.Config["address"], "${")
}
