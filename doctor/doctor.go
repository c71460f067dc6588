package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"dagger/pipeline/aws"
	"dagger/pipeline/ecr"
	"dagger/pipeline/fault"
	"dagger/pipeline/registry"
	"dagger/pipeline/state"
)

// Check is one line of the doctor: what was checked, whether it is ok, and what to do if not.
type Check struct {
	Name   string
	OK     bool
	Detail string
	Fix    string
}

// String is the line.
func (c Check) String() string {
	word := "ok    "
	if !c.OK {
		word = "not ok"
	}
	line := c.Name + ": " + c.Detail
	if !c.OK && c.Fix != "" {
		line += ": " + c.Fix
	}
	return word + "  " + fault.OneLine(line)
}

// Doctor says what to check. Empty fields are left out.
type Doctor struct {
	Config      aws.Config
	Open        func(context.Context) (*aws.Session, error) // gives the session; nil resolves Config
	Registry    Pushing                                     // where images are pushed
	StateBucket string                                      // terraform's
	StateKeys   []string                                    // of the environments' states, such as "app/prod/terraform.tfstate"
	NotStates   []string                                    // keys of states that this run must not reach
}

// soon is when a session's remaining time is too short to start an apply.
const soon = 10 * time.Minute

// Run checks everything, and goes on after a failed check as far as it can.
func (d Doctor) Run(ctx context.Context) []Check {
	session, out := d.identity(ctx)
	if session != nil {
		out = append(out, expiry(ctx, session))
	}
	if len(d.Registry.To) > 0 {
		out = append(out, d.registry(ctx, session)...)
	}
	if d.StateBucket != "" && session != nil {
		b := bucket{state.In(session, d.StateBucket)}
		out = append(out, b.versions(ctx), b.privacy(ctx))
		if len(d.NotStates) > 0 {
			out = append(out, b.levels(ctx, d.NotStates))
		}
		for _, key := range d.StateKeys {
			out = append(out, b.lock(ctx, key))
		}
	}
	return out
}

// identity reports who we are, before and after assuming the role, and returns the session if there is one.
func (d Doctor) identity(ctx context.Context) (*aws.Session, []Check) {
	var out []Check
	if d.Config.RoleARN != "" && d.Config.WebIdentityToken.IsZero() {
		base := d.Config
		base.RoleARN, base.ExternalID, base.Duration, base.AllowedAccounts = "", "", 0, nil
		s, err := aws.Resolve(ctx, base)
		if err != nil {
			return nil, append(out, failed("identity", err))
		}
		out = append(out, Check{Name: "identity", OK: true, Detail: describe(s)})
	}
	name := "identity"
	if d.Config.RoleARN != "" {
		name = "role"
	}
	open := d.Open
	if open == nil {
		open = func(ctx context.Context) (*aws.Session, error) { return aws.Resolve(ctx, d.Config) }
	}
	s, err := open(ctx)
	if err != nil {
		return nil, append(out, failed(name, err))
	}
	return s, append(out, Check{Name: name, OK: true, Detail: describe(s)})
}

func describe(s *aws.Session) string {
	text := fmt.Sprintf("account %s, %s, from %s", s.Identity.Account, s.Identity.ARN, s.Source)
	if len(s.Notes) > 0 {
		text += "; " + strings.Join(s.Notes, "; ")
	}
	return text
}

func expiry(ctx context.Context, s *aws.Session) Check {
	c, err := s.Credentials(ctx)
	if err != nil {
		return failed("session", err)
	}
	if c.Expires.IsZero() {
		return Check{Name: "session", OK: true, Detail: "long-lived keys, no expiry: a role with a web identity token is safer"}
	}
	left := c.Expires.Sub(s.Now()).Round(time.Second)
	return Check{
		Name: "session", OK: left > soon,
		Detail: fmt.Sprintf("ends at %s, in %s", c.Expires.UTC().Format(time.RFC3339), left),
		Fix:    "ask for a longer duration, or see that terraform gets the source that refreshes",
	}
}

// registry logs in to ECR if there is no other login, and reports where we can push.
func (d Doctor) registry(ctx context.Context, s *aws.Session) []Check {
	p := d.Registry
	if p.Login != nil {
		return p.Check(ctx)
	}
	if s == nil {
		return nil
	}
	place := ecr.New(s)
	if p.Host != (ecr.Host{}) {
		place = ecr.NewAt(s, p.Host)
	}
	login, err := place.Login(ctx)
	if err != nil {
		return []Check{failed("registry login", err)}
	}
	p.Login = &login
	in := Check{Name: "registry login", OK: true, Detail: fmt.Sprintf("%s, until %s", registry.HostOf(login.Host), login.Expires.UTC().Format(time.RFC3339))}
	return append([]Check{in}, p.Check(ctx)...)
}

// failed is a check that returned an error.
func failed(name string, err error) Check {
	var known *fault.Error
	if errors.As(err, &known) {
		return Check{Name: name, Detail: fault.OneLine(known.Op + ": " + known.What), Fix: known.Fix}
	}
	return Check{Name: name, Detail: fault.OneLine(err.Error())}
}
