package aws

import (
	"crypto/rand"
	"encoding/base64"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dagger/pipeline/tests/harness"
)

// The credentials of every form are searched for in all that is left: output, the lab's log and registry,
// the engine's files, the plan.
func TestCredentialsAreNowhere(t *testing.T) {
	world.NeedTerraform(t)
	// The base images are there before the search begins: they hold none of it, and cannot be looked into.
	world.Succeed(t, call(world.Project(t), images(), keys(), "plan", "--environment", world.Environment()))
	start := time.Now().Add(-time.Second)
	lab := world.AWS
	token := "header.canary-" + rand.Text() + ".signature"
	accessKey, secretKey := "AKIA"+rand.Text()[:16], "canary/"+rand.Text()+"+key"
	var search harness.Search
	search.Add("the web identity token", token)
	search.Add("the access key", accessKey)
	search.Add("the secret key", secretKey)
	search.Add("the container's token", lab.ContainerToken)
	search.Add("the registry's password", world.Lab.Password)
	search.Add("the registry's login", base64.StdEncoding.EncodeToString([]byte(world.Lab.Username+":"+world.Lab.Password)))

	p, environment := world.Project(t), world.Environment()
	// A script that prints what it is given: the profile with the keys in it, and the token.
	printing := world.Project(t)
	printing.Write("scripts/terraform_apply.sh", "#!/bin/sh\nenv\ncat \"$AWS_CONFIG_FILE\"\ncat /run/secrets/aws/token 2>/dev/null || true\n")
	plan := filepath.Join(t.TempDir(), "plan")
	registry := images()
	ecr := "ecr:" + strings.TrimPrefix(images(), world.Lab.Registry+"/")
	withRole := keys("--role-arn", role, "--external-id", "id-of-the-tests")
	container := []string{"--container-credentials", lab.ContainerCredentials, "--container-token", "env://TEST_CONTAINER_TOKEN", "--role-arn", role}
	docker := loggedIn(t)
	var found []string
	for _, c := range []harness.Call{
		call(p, registry, web(), "publish-images", "--tag", environment),
		call(p, ecr, web(), "publish-images", "--tag", environment),
		call(p, ecr, web(), "retention", "preview"),
		call(p, registry, web(), "plan-report", "--environment", environment, "export", "--path", plan),
		call(p, registry, web(), "deploy", "--environment", environment),
		call(p, registry, withRole, "deploy", "--environment", environment),
		call(p, registry, container, "deploy", "--environment", environment),
		call(p, registry, []string{"--instance-metadata", lab.Endpoint}, "deploy", "--environment", environment),
		call(p, registry, web(), "--trust", "protected", "doctor"),
		call(printing, registry, web(), "deploy", "--environment", environment),
		call(printing, registry, withRole, "deploy", "--environment", environment),
		call(p, registry, web(), "destroy", "--environment", environment),
	} {
		if slices.Contains(c.Args, "--container-credentials") && !strings.Contains(lab.ContainerCredentials, "//127.") {
			continue // a container's role is asked on loopback and AWS's own addresses only
		}
		r := world.Succeed(t, c.With(docker, "TEST_WEB_TOKEN="+token, "TEST_AWS_ACCESS_KEY="+accessKey, "TEST_AWS_SECRET_KEY="+secretKey,
			"TEST_CONTAINER_TOKEN="+lab.ContainerToken, hostNetwork(slices.Contains(c.Args, "--container-credentials"))))
		if strings.Contains(strings.Join(c.Args, " "), printing.Dir) && !strings.Contains(r.Stdout+r.Stderr, "AWS_PROFILE=pipeline") {
			t.Errorf("the script did not print its environment:\n%s", r.Stderr)
		}
		found = append(found, search.Bytes("the output of "+strings.Join(c.Args[len(c.Args)-4:], " "), []byte(r.Stdout+r.Stderr))...)
	}
	trees := []string{filepath.Join(world.Lab.Dir(), "registry"), plan}
	if e, ok := world.Engine.(harness.Embedded); ok {
		trees = append(trees, e.State, e.Run)
	}
	for _, dir := range trees {
		in, files, err := search.Tree(dir, start)
		if err != nil {
			t.Fatal(err)
		}
		if files == 0 {
			t.Errorf("no file in %s has changed: nothing was looked into", dir)
		}
		found = append(found, in...)
	}
	in, _, err := search.Tree(filepath.Dir(lab.RequestLog), start)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range in {
		if strings.Contains(f, filepath.Base(lab.RequestLog)) || strings.Contains(f, "serve.log") {
			found = append(found, f)
		}
	}
	for _, f := range found {
		t.Error("found in", f)
	}
}
