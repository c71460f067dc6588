package main

import (
	"context"
	crypto "crypto/rand"
	"fmt"
	"strings"

	"dagger/pipeline/bench/arm"
)

// keepsNothing tells the arms whose runs leave nothing that the next one reuses.
func keepsNothing(name string) bool { return name == "A" || name == "C" }

// warmUp brings each other arm that keeps something to the state after an earlier pipeline, before the first row.
func (b *bench) warmUp(ctx context.Context, todo []run) error {
	for _, r := range todo {
		a, err := b.arm(ctx, r.arm, r.scenario.instance)
		if err != nil {
			return err
		}
		if r.scenario.cold || keepsNothing(r.arm) {
			continue
		}
		plain := r
		plain.scenario.change, plain.scenario.pipelines = nil, 0
		if _, err := b.prepare(ctx, a, plain); err != nil {
			return fmt.Errorf("preparing arm %s: %w", r.arm, err)
		}
	}
	return nil
}

func took(r arm.Result) string {
	parts := make([]string, len(r.Jobs))
	for i, j := range r.Jobs {
		parts[i] = fmt.Sprintf("%s=%.3f", j.Job, j.Seconds)
	}
	return strings.Join(parts, " ")
}

// unique is a text that was never there before.
func unique() string { return strings.ToLower(crypto.Text()) }
