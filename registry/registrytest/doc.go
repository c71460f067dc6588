// Package registrytest stands in for a registry in tests.
package registrytest
