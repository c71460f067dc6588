package ci

import (
	"cmp"
	"strings"
)

// Server is the address of the server that hosts the pipeline, such as "https://gitlab.com"; empty if it is not known.
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
