// Package results says under which name the result of a step is kept for other
// runs, what is written beside it, and when one that is found may be used. It
// imports no Dagger and asks nobody.
package results
