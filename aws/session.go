package aws

import (
	"context"
	"slices"
	"strings"
)

// HasRole reports whether the session has a role and so can be narrowed.
func (s *Session) HasRole() bool { return s.cfg.RoleARN != "" }

// Narrowed is a session of the same role that may do no more than an inline session policy allows.
func (s *Session) Narrowed(ctx context.Context, policy string) (*Session, error) {
	ctx, cancel := context.WithTimeout(ctx, CallLimit)
	defer cancel()
	return open(ctx, s.cfg, s.source, policy, nil)
}

// Noted is the same session with one more note.
func (s *Session) Noted(note string) *Session {
	out := *s
	out.Notes = append(slices.Clip(s.Notes), note)
	return &out
}

// Partition is the second part of the identity's ARN, "aws" or "aws-cn".
func (s *Session) Partition() string {
	if parts := strings.SplitN(s.Identity.ARN, ":", 3); len(parts) == 3 {
		return parts[1]
	}
	return "aws"
}
