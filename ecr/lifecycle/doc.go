// Package lifecycle writes ECR lifecycle policies that cannot expire images in use, and evaluates what a policy does to
// a repository. It sends no requests.
package lifecycle
