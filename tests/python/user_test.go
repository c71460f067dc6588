package python

import "testing"

// A base image may name a user who is not root: packages are installed all the same.
func TestBaseImageOfAnotherUser(t *testing.T) {
	p := project(t, "requirements")
	image := world.Lab.Registry + "/user/python:3.11"
	world.Succeed(t, p.Call(append([]string{"app-container", "with-user", "--name", "nobody"}, p.Pushing(image)...)...))
	c := p.Call("test").Without("--python-image").Before("--python-image", image)
	if r := world.Succeed(t, c); !installed(r) && world.Engine.Name() == "embedded" {
		t.Errorf("nothing was installed on the image of another user: %q", r.Ran())
	}
}
