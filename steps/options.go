package steps

import (
	"fmt"
	"strings"

	"dagger/pipeline/tell"
)

// Options are the options of one plan or deployment.
type Options struct {
	// Target and Replace are addresses of resources, in terraform's sense.
	Target, Replace []string
	// Parallelism is how many resources are worked on at a time, 0 for terraform's
	// default.
	Parallelism int
}

// asked gives the root modules the options. Addresses are of one root module.
func (r Roots) asked(o Options) (Roots, error) {
	for flag, list := range map[string][]string{"--target": o.Target, "--replace": o.Replace} {
		if err := givenList(flag, list); err != nil {
			return nil, err
		}
		if len(list) == 0 {
			continue
		}
		if _, err := r.one("reading " + flag); err != nil {
			return nil, err
		}
	}
	if o.Parallelism < 0 {
		return nil, fmt.Errorf("reading --parallelism: %d is no number of resources: give 1 or more", o.Parallelism)
	}
	if len(o.Target) > 0 {
		tell.Line("Only " + strings.Join(o.Target, ", ") + " and what it depends on: what else would change is left out (--target)")
	}
	out := append(Roots{}, r...)
	for i := range out {
		out[i].Options = o
	}
	return out, nil
}

// args are the options of terraform plan and apply.
func (o Options) args() (out []string) {
	for _, address := range o.Target {
		out = append(out, "-target="+strings.TrimSpace(address))
	}
	for _, address := range o.Replace {
		out = append(out, "-replace="+strings.TrimSpace(address))
	}
	if o.Parallelism > 0 {
		out = append(out, fmt.Sprintf("-parallelism=%d", o.Parallelism))
	}
	return out
}
