package steps

import (
	"context"
	"path"
	"regexp"
	"slices"
	"strings"

	"dagger/pipeline/environments"
)

// others are the states of other environments: those of the names that the project
// has, and in S3 all that differ in the name alone.
func (b ownBackend) others(ctx context.Context) (out []sibling, err error) {
	self, err := b.mine(ctx)
	if err != nil {
		return nil, err
	}
	found := map[string]bool{self.at: true}
	add := func(s sibling) {
		if !found[s.at] {
			found[s.at] = true
			out = append(out, s)
		}
	}
	known, err := b.environments(ctx)
	if err != nil {
		return nil, err
	}
	for _, environment := range known {
		config, err := b.config(ctx, environment)
		if err != nil {
			return nil, err
		}
		add(b.at(config, environment))
	}
	if b.Module.Backend.Type != "s3" {
		return out, nil
	}
	config, err := b.config(ctx, b.Environment)
	if err != nil {
		return nil, err
	}
	bucket, pattern := config["bucket"], config["key"]
	if b.Backend.Workspace {
		add(b.inS3(b.in, place{bucket, config["key"]}, "default", b.Root))
		pattern = path.Join(prefixOf(config), environmentMark, config["key"])
	} else {
		pattern = b.marked(pattern)
	}
	before, after, varies := strings.Cut(pattern, environmentMark)
	if !varies {
		return out, nil
	}
	candidates, err := b.listed(ctx, bucket, pattern, before, after)
	for _, environment := range candidates {
		s := b.inS3(b.in, place{bucket, strings.ReplaceAll(pattern, environmentMark, environment)}, environment, b.Root)
		s.guess = true
		add(s)
	}
	return out, err
}

// listed are the names that a bucket's keys have in the place of the environment's. Where
// nothing stands before it, a key may be anybody's: those of merge requests are taken.
func (b ownBackend) listed(ctx context.Context, bucket, pattern, before, after string) (out []string, err error) {
	if before == "" && strings.HasPrefix(after, "/") {
		names, err := b.in(bucket).Names(ctx)
		return slices.DeleteFunc(names, func(name string) bool { return !environments.IsMergeRequest(name) }), err
	}
	keys, err := b.in(bucket).Keys(ctx, before)
	end, _, _ := strings.Cut(after, environmentMark)
	for _, key := range keys {
		name := strings.TrimPrefix(key, before)
		if end != "" {
			name, _, _ = strings.Cut(name, end)
		}
		if name != "" && strings.ReplaceAll(pattern, environmentMark, name) == key {
			out = append(out, name)
		}
	}
	return out, err
}

// marked is a key with the mark in the place of the environment's name.
func (b ownBackend) marked(key string) string {
	return regexp.MustCompile(`(^|[^A-Za-z0-9])`+regexp.QuoteMeta(b.Environment)+`\b`).ReplaceAllString(key, "${1}"+environmentMark)
}

// environments are the names that the project has: the usual ones, those that the table
// has rules for, and those that have a file by such a rule.
func (b ownBackend) environments(ctx context.Context) ([]string, error) {
	names := slices.Clone(usual)
	rules := slices.Concat(b.Settings.BackendFiles, b.Settings.VariableFiles)
	for _, rule := range rules {
		names = append(names, rule.Environments)
		for _, file := range rule.Files {
			more, err := b.named(ctx, file)
			if err != nil {
				return nil, err
			}
			names = append(names, more...)
		}
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(name string) bool {
		return name == b.Environment || environments.Validate(name) != nil
	}), nil
}

// named are the names that files of the source have by a rule, such as prod of
// tfvars/prod.tfvars by tfvars/{environment}.tfvars.
func (b ownBackend) named(ctx context.Context, file string) (out []string, err error) {
	dir, named, varies := byEnvironment(path.Join(b.Infra, file))
	if !varies {
		return nil, nil
	}
	entries, err := b.entries(ctx, dir)
	for _, entry := range entries {
		if name, ok := named(entry); ok {
			out = append(out, name)
		}
	}
	return out, err
}
