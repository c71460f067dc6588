package report

// reason is why a gate may be missed and what would change that, to be shown when it is.
type reason struct{ why, lever string }

var reasons = map[string]reason{}
