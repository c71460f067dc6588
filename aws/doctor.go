package aws

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Check is one line of the doctor: what was looked at, whether it is well, and what to do if not.
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
	return word + "  " + oneLine(line)
}

// Doctor says what to look at. What is empty is left out.
type Doctor struct {
	Config      Config
	Open        func(context.Context) (*Session, error) // gives the session; nil resolves Config
	Registry    Pushing                                 // where images are pushed
	StateBucket string                                  // terraform's
	StateKeys   []string                                // of the environments' states, such as "app/prod/terraform.tfstate"
}

// soon is a session's rest that is too short for an apply to start on.
const soon = 10 * time.Minute

// Run looks at everything and goes on after what is not well, as far as it can.
func (d Doctor) Run(ctx context.Context) []Check {
	session, out := d.identity(ctx)
	if session != nil {
		out = append(out, session.checkExpiry(ctx))
	}
	if len(d.Registry.To) > 0 {
		out = append(out, d.registry(ctx, session)...)
	}
	if d.StateBucket != "" && session != nil {
		b := session.bucket(d.StateBucket)
		out = append(out, b.checkVersioning(ctx), b.checkPrivate(ctx))
		for _, key := range d.StateKeys {
			out = append(out, b.checkLock(ctx, key))
		}
	}
	return out
}

// identity tells who we are, before and after the role, and returns the session when there is one.
func (d Doctor) identity(ctx context.Context) (*Session, []Check) {
	var out []Check
	if d.Config.RoleARN != "" && d.Config.WebIdentityToken.IsZero() {
		base := d.Config
		base.RoleARN, base.ExternalID, base.Duration, base.AllowedAccounts = "", "", 0, nil
		s, err := Resolve(ctx, base)
		if err != nil {
			return nil, append(out, failed("identity", err))
		}
		out = append(out, Check{Name: "identity", OK: true, Detail: s.describe()})
	}
	name := "identity"
	if d.Config.RoleARN != "" {
		name = "role"
	}
	open := d.Open
	if open == nil {
		open = func(ctx context.Context) (*Session, error) { return Resolve(ctx, d.Config) }
	}
	s, err := open(ctx)
	if err != nil {
		return nil, append(out, failed(name, err))
	}
	return s, append(out, Check{Name: name, OK: true, Detail: s.describe()})
}

func (s *Session) describe() string {
	text := fmt.Sprintf("account %s, %s, from %s", s.Identity.Account, s.Identity.ARN, s.Source)
	if len(s.Notes) > 0 {
		text += "; " + strings.Join(s.Notes, "; ")
	}
	return text
}

func (s *Session) checkExpiry(ctx context.Context) Check {
	c, err := s.Credentials(ctx)
	if err != nil {
		return failed("session", err)
	}
	if c.Expires.IsZero() {
		return Check{Name: "session", OK: true, Detail: "long-lived keys, no expiry: a role with a web identity token is safer"}
	}
	left := c.Expires.Sub(s.cfg.now()).Round(time.Second)
	return Check{
		Name: "session", OK: left > soon,
		Detail: fmt.Sprintf("ends at %s, in %s", c.Expires.UTC().Format(time.RFC3339), left),
		Fix:    "ask for a longer duration, or see that terraform gets the source that refreshes",
	}
}

// registry logs in to ECR where there is no other login, and tells where we can push.
func (d Doctor) registry(ctx context.Context, s *Session) []Check {
	p := d.Registry
	if p.Login != nil {
		return p.Check(ctx)
	}
	if s == nil {
		return nil
	}
	ecr := NewECR(s)
	if p.Host != (ECRHost{}) {
		ecr = NewECRAt(s, p.Host)
	}
	login, err := ecr.Login(ctx)
	if err != nil {
		return []Check{failed("registry login", err)}
	}
	p.Login = &login
	in := Check{Name: "registry login", OK: true, Detail: fmt.Sprintf("%s, until %s", hostOf(login.Host), login.Expires.UTC().Format(time.RFC3339))}
	return append([]Check{in}, p.Check(ctx)...)
}

// failed is a check that ended in an error.
func failed(name string, err error) Check {
	var known *Error
	if errors.As(err, &known) {
		return Check{Name: name, Detail: oneLine(known.Op + ": " + known.What), Fix: known.Fix}
	}
	return Check{Name: name, Detail: oneLine(err.Error())}
}
