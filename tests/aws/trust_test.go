package aws

import (
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

// leveled is a call of a level, with the login of one who may push to it.
func leveled(p *harness.Project, registry, level string, verb ...string) harness.Call {
	c := call(p, registry, []string{"--trust", level}, verb...)
	if level == "open" {
		c = asOpen(c)
	}
	return c
}

// asOpen has the login of runs of any branch, which may push below open only.
func asOpen(c harness.Call) harness.Call {
	return c.Without("--registry-username").Without("--registry-password").
		Before("--registry-username", world.Lab.OpenUsername, "--registry-password", "env://TEST_OPEN_PASSWORD").
		With("TEST_OPEN_PASSWORD=" + world.Lab.OpenPassword)
}

// forge pushes an image with the label of a content and something else in it, as
// whoever holds the login of open runs may.
func forge(t *testing.T, p *harness.Project, image, content string, functions ...string) harness.Result {
	t.Helper()
	tag := content[strings.LastIndex(content, ":")+1:]
	c := leveled(p, images(), "open", functions...).
		And("with-new-file", "--path", "/forged", "--contents", "by any branch").
		And("with-label", "--name", "pipeline.content", "--value", tag).
		And("with-label", "--name", "pipeline.project", "--value", "fixture").
		And("with-label", "--name", "pipeline.infra", "--value", "infra").
		And("with-registry-auth", "--address", world.Lab.Registry, "--username", world.Lab.OpenUsername, "--secret", "env://TEST_OPEN_PASSWORD").
		And("publish", "--address", image)
	return world.Run(t, c)
}

// Whoever may push a branch can push any image, with the right label, under the
// content tag that production will look for. Production does not look there.
func TestProtectedRunUsesNoForgedImage(t *testing.T) {
	world.NeedTerraform(t)
	p, registry := world.Project(t), images()
	all := published(t, world.Succeed(t, leveled(p, registry, "open", "publish-images", "--format", "json", "--tag", "latest")))
	for _, image := range all {
		if !strings.Contains(image.Content, "/open/") || !image.Pushed {
			t.Errorf("an open run pushed %+v", image)
		}
	}
	app := all[0].Content
	protected := strings.Replace(app, "/open/", "/", 1)

	if r := forge(t, p, protected, app, "app-container"); r.Code == 0 {
		t.Fatalf("the login of open runs pushed %s", protected)
	}
	for content, function := range map[string]string{app: "app-container", all[2].Content: "terraform-container"} {
		if r := forge(t, p, content, content, function); r.Code != 0 {
			t.Fatalf("forging %s: exit code %d\n%s", content, r.Code, r.Stderr)
		}
	}
	if r := forge(t, p, strings.Split(all[2].Content, ":module-")[0]+":latest", all[2].Content, "terraform-container"); r.Code != 0 {
		t.Fatalf("forging latest: exit code %d\n%s", r.Code, r.Stderr)
	}

	look := []string{"app-container", "with-exec", "--args", "ls,/", "stdout"}
	if r := world.Succeed(t, leveled(p, registry, "open", look...)); !strings.Contains(r.Stdout, "forged") {
		t.Fatalf("the forged image is no image of the content: an open run does not use it either\n%s", r.Stderr)
	}
	r := world.Succeed(t, leveled(p, registry, "protected", look...))
	if strings.Contains(r.Stdout, "forged") || strings.Contains(r.Stderr, "/open/") || !strings.Contains(r.Stderr, protected+": not found, building") {
		t.Errorf("a protected run used the forged image, or asked for it:\n%s\n%s", r.Stdout, r.Stderr)
	}

	// Its own images are built, not copied; and it finds them again.
	for _, pushed := range []bool{true, false} {
		for _, image := range published(t, world.Succeed(t, leveled(p, registry, "protected", "publish-images", "--format", "json", "--tag", "staging"))) {
			if strings.Contains(image.Content, "/open/") || image.Pushed != pushed {
				t.Errorf("a protected run gave %+v, want it pushed: %v", image, pushed)
			}
		}
	}

	// Production is found by a tag that moves: an open run, whose repository has it, does not use it either.
	empty := *p
	empty.Dir = t.TempDir()
	for _, level := range []string{"open", "protected"} {
		c := leveled(&empty, registry, level, "outputs", "--environment", "prod").Before(keys()...)
		if r := world.Run(t, c); r.Code == 0 || strings.Contains(r.Stderr, "/open/terraform:latest") || !strings.Contains(r.Stderr, "/terraform:latest: not found") {
			t.Errorf("%s: exit code %d\n%s", level, r.Code, r.Stderr)
		}
	}
}

func TestPublishingWhereTheLoginMayNotPush(t *testing.T) {
	world.NeedTerraform(t)
	p, registry := world.Project(t), images()
	p.Append("poetry.lock", "\n# of this test alone\n")
	r := world.Run(t, asOpen(leveled(p, registry, "protected", "publish-images", "--tag", "latest")))
	if r.Code == 0 || !strings.Contains(r.Stderr, `publishing as a run of level "protected"`) || !strings.Contains(r.Stderr, "--trust") {
		t.Errorf("exit code %d\n%s", r.Code, r.Stderr)
	}
	if ran := r.Ran(); len(ran) > 0 {
		t.Errorf("it worked before it said so: %q", ran)
	}
	for _, level := range []string{"", "Protected"} {
		if r := world.Run(t, leveled(p, registry, level, "test")); r.Code == 0 || !strings.Contains(r.Stderr, "there is no such level") {
			t.Errorf("level %q: exit code %d\n%s", level, r.Code, r.Stderr)
		}
	}
}
