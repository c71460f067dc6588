package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"dagger/pipeline/ecr"
	"dagger/pipeline/fault"
	"dagger/pipeline/registry"
)

// Pushing says where images are pushed, and where they must not be.
type Pushing struct {
	Login *registry.Login // nil for ECR, whose login a session asks for
	Host  ecr.Host        // of ECR; the zero value is the registry of the session's account
	To    []string
	NotTo []string
}

// Check tries both, without pushing: it starts uploads and cancels them. It uses all the rights that the login has,
// as anyone who holds it could.
func (p Pushing) Check(ctx context.Context) []Check {
	out := []Check{p.may(ctx)}
	if len(p.NotTo) > 0 {
		out = append(out, p.mustNot(ctx))
	}
	return out
}

func (p Pushing) may(ctx context.Context) Check {
	const name = "registry push"
	for _, repository := range p.To {
		if err := (registry.Client{Login: *p.Login}).CheckPush(ctx, repository); err != nil {
			return failed(name, err)
		}
	}
	return Check{Name: name, OK: true, Detail: "an upload can be opened to " + p.named(p.To)}
}

// mustNot is ok if the registry refuses. No answer is not a refusal.
func (p Pushing) mustNot(ctx context.Context) Check {
	const name = "registry levels"
	var missing []string
	for _, repository := range p.NotTo {
		err := (registry.Client{Login: *p.Login}).CheckPush(ctx, repository)
		switch {
		case err == nil:
			return Check{
				Name:   name,
				Detail: fmt.Sprintf("this open run may push to %s, which protected runs use", p.named([]string{repository})),
				Fix:    "give the runs of branches a role, or a user, that may push to " + p.named(p.To) + " only",
			}
		case errors.Is(err, fault.ErrNotFound):
			missing = append(missing, repository)
		case !errors.Is(err, fault.ErrDenied):
			return failed(name, err)
		}
	}
	if len(missing) > 0 {
		return Check{Name: name, OK: true, Detail: "no protected run has made " + p.named(missing) + " yet: look again when one has"}
	}
	return Check{Name: name, OK: true, Detail: "no upload can be opened to " + p.named(p.NotTo)}
}

func (p Pushing) named(repositories []string) string {
	host := registry.HostOf(p.Login.Host)
	return host + "/" + strings.Join(repositories, " and "+host+"/")
}
