package steps

import (
	"context"

	"dagger/pipeline/state"
)

// sibling is a state of another environment of the project.
type sibling struct {
	environment string
	// root is the root module that it is of, from the project.
	root string
	// at is where it is, for people.
	at string
	// guess tells that it may be something else's, with a key of the same form.
	guess bool
	read  func(ctx context.Context) (state.Object, error)
}

// siblings finds them.
type siblings func(ctx context.Context) ([]sibling, error)

// managed are those that the pipeline keeps.
func (w Workspace) managed(in states) siblings {
	return func(ctx context.Context) (out []sibling, err error) {
		keys, err := in(w.State.Bucket).Keys(ctx, w.Project+"/")
		for _, key := range keys {
			if environment, root, ok := StateOf(w.Project, key); ok && environment != w.Environment {
				out = append(out, w.inS3(in, place{w.State.Bucket, key}, environment, root))
			}
		}
		return out, err
	}
}

// inS3 is one at a key of a bucket.
func (w Workspace) inS3(in states, p place, environment, root string) sibling {
	return sibling{environment: environment, root: root, at: p.String(), read: func(ctx context.Context) (state.Object, error) { return in(p.bucket).Read(ctx, p.key) }}
}
