package ecr

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecr"

	"dagger/pipeline/aws"
	"dagger/pipeline/fault"
)

// set sets all policies or none: if one is refused, those before it are restored. The error says what is set
// when it returns.
func (r *Registry) set(ctx context.Context, targets []Target) error {
	before := map[string]string{}
	for _, t := range targets {
		text, err := r.policy(ctx, t.Repository)
		if err != nil {
			return err
		}
		before[t.Repository] = text
	}
	for i, t := range targets {
		if err := r.put(ctx, t.Repository, t.Policy.JSON()); err != nil {
			return r.takeBack(context.WithoutCancel(ctx), targets[:i+1], before, err)
		}
	}
	return nil
}

// takeBack restores the policies of repositories after the last of them was refused.
func (r *Registry) takeBack(ctx context.Context, targets []Target, before map[string]string, refused error) error {
	var said []string
	for i, t := range targets {
		now, err := r.policy(ctx, t.Repository)
		if err == nil && now == before[t.Repository] {
			if i < len(targets)-1 {
				said = append(said, fmt.Sprintf("the policy of %q is as it was", t.Repository))
			}
			continue
		}
		if err == nil {
			err = r.put(ctx, t.Repository, before[t.Repository])
		}
		if err != nil {
			said = append(said, fmt.Sprintf("the policy of %q may be the new one and cannot be taken back (%v)", t.Repository, err))
			continue
		}
		said = append(said, fmt.Sprintf("the policy of %q had been set and is as it was before", t.Repository))
	}
	var known *fault.Error
	if len(said) == 0 || !errors.As(refused, &known) {
		return refused
	}
	out := *known
	out.What += "; " + strings.Join(said, "; ")
	return &out
}

// policy is the text of a repository's policy, "" for none.
func (r *Registry) policy(ctx context.Context, repository string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, aws.CallLimit)
	defer cancel()
	out, err := r.client.GetLifecyclePolicy(ctx, &ecr.GetLifecyclePolicyInput{RegistryId: &r.account, RepositoryName: &repository})
	if aws.HasCode(err, "LifecyclePolicyNotFoundException") {
		return "", nil
	}
	if err != nil {
		return "", r.session.Explain(fmt.Sprintf("reading the lifecycle policy of %q", repository), err, "allow ecr:GetLifecyclePolicy")
	}
	return value(out.LifecyclePolicyText), nil
}

// put sets the policy of a repository, or removes it if the text is empty.
func (r *Registry) put(ctx context.Context, repository, text string) error {
	ctx, cancel := context.WithTimeout(ctx, aws.CallLimit)
	defer cancel()
	var err error
	if text == "" {
		_, err = r.client.DeleteLifecyclePolicy(ctx, &ecr.DeleteLifecyclePolicyInput{RegistryId: &r.account, RepositoryName: &repository})
	} else {
		_, err = r.client.PutLifecyclePolicy(ctx, &ecr.PutLifecyclePolicyInput{RegistryId: &r.account, RepositoryName: &repository, LifecyclePolicyText: &text})
	}
	if err != nil {
		return r.session.Explain(fmt.Sprintf("setting the lifecycle policy of %q", repository), err, "allow ecr:PutLifecyclePolicy and ecr:DeleteLifecyclePolicy")
	}
	return nil
}
