// Package results defines the name under which the result of a step is kept for
// other runs, the metadata stored with it, and when a result that is found may be
// used. It imports no Dagger and sends no requests.
package results
