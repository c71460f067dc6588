package ci

import (
	"cmp"
	"strings"
)

// Server is the address of the server that the pipeline's own address is on, such as "https://gitlab.com"; empty where
// that is not told.
func (f Facts) Server() string {
	if f.Project == "" {
		return ""
	}
	server, _, ok := strings.Cut(cmp.Or(f.PipelineURL, f.JobURL), "/"+f.Project+"/")
	if !ok {
		return ""
	}
	return server
}
