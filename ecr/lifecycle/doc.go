// Package lifecycle writes lifecycle policies of ECR that cannot expire what is in use, and tells what a policy does to
// a repository. It asks nobody.
package lifecycle
