// Package ecr is the registry of an AWS account: its login, its repositories, what a session may do there, and the
// lifecycle policies that are set on it.
package ecr
