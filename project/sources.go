package project

import "embed"

// Sources are the code of this package: it affects what a step does.
//
//go:embed *.go
var Sources embed.FS
