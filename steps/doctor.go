package steps

import (
	"context"
	"fmt"
	"os"
	"strings"

	"dagger/pipeline/doctor"
	"dagger/pipeline/ecr"
	"dagger/pipeline/environments"
	"dagger/pipeline/images"
	"dagger/pipeline/printable"
	"dagger/pipeline/registry"
	"dagger/pipeline/tell"
	"dagger/pipeline/trust"
)

// Doctor checks everything that a run depends on.
type Doctor struct {
	AWS      AWS
	Registry Place
	// Bucket holds the states, Project is the name of the poetry project.
	Bucket  string
	Project string
	// Settings are shown.
	Settings Settings
	// Note is where notes go.
	Note Noting
}

// engineVariable is what the embedded engine says of itself to the module.
const engineVariable = "PIPELINE_ENGINE"

// Run returns a line for each check, and an error if one is not ok.
func (d Doctor) Run(ctx context.Context) (string, error) {
	checks, err := checkNote(ctx, d.Note)
	if err != nil {
		return "", err
	}
	checks = append([]doctor.Check{d.engine(ctx)}, checks...)
	config, err := d.AWS.Config(ctx)
	if err != nil {
		tell.Line(d.Settings.show(ctx))
		return "", err
	}
	look := doctor.Doctor{Config: config, Open: d.AWS.Session}
	d.Registry.Service = d.Registry.Service && d.Project != ""
	if d.Registry.Address != "" {
		if look.Registry, err = d.registry(ctx); err != nil {
			return "", err
		}
	}
	switch {
	case d.AWS.Given():
		look.StateBucket = d.Bucket
		look.StateKeys, look.NotStates = d.states(ctx)
		checks = append(checks, look.Run(ctx)...)
	case look.Registry.Login != nil:
		checks = append(checks, look.Registry.Check(ctx)...)
		fallthrough
	default:
		checks = append(checks, doctor.Check{
			Name: "identity", OK: d.Bucket == "", Detail: "no AWS credentials are given",
			Fix: "give --web-identity-token and --role-arn, or keys: the state bucket needs them",
		})
	}
	return report(checks, d.Settings.show(ctx))
}

// engine tells which one runs this.
func (d Doctor) engine(ctx context.Context) doctor.Check {
	check := doctor.Check{Name: "engine", Fix: "start the engine again"}
	version, err := dag.Version(ctx)
	if err != nil {
		check.Detail = err.Error()
		return check
	}
	platform, err := dag.DefaultPlatform(ctx)
	if err != nil {
		check.Detail = err.Error()
		return check
	}
	check.OK = true
	check.Detail = fmt.Sprintf("Dagger %s, %s", version, platform)
	if embedded := os.Getenv(engineVariable); embedded != "" {
		check.Detail = fmt.Sprintf("%s, %s; its cache: `pipeline engine status`", embedded, platform)
	}
	return check
}

// registry says what to look at in the registry. There is no login for ECR, which
// the account's session asks for.
func (d Doctor) registry(ctx context.Context) (doctor.Pushing, error) {
	if d.Registry.isECR() {
		host, path := registry.Split(strings.Replace(d.Registry.Address, "ecr:", "ecr/", 1))
		kept, err := d.Registry.images(path)
		out := pushes(kept)
		out.Host, _ = ecr.ParseHost(host)
		return out, err
	}
	opened, err := d.Registry.open(ctx, pulling)
	out := pushes(opened.Store)
	out.Login = &opened.Login
	return out, err
}

// pushes are the repositories that the run must be able to push to, and those that
// it must not.
func pushes(r images.Store) doctor.Pushing {
	out := doctor.Pushing{To: r.Repositories(r.Writes)}
	if r.Writes != trust.Protected {
		out.NotTo = r.AllRepositories(trust.Protected)
	}
	return out
}

// states are the keys of the states whose locks are looked at, and those that the run
// must not reach: what an open one reads and writes are merge requests' environments.
// The check of the bucket says why they cannot be listed.
func (d Doctor) states(ctx context.Context) (keys, not []string) {
	if d.Bucket == "" || d.Project == "" {
		return nil, nil
	}
	all, err := d.AWS.Environments(ctx, d.Bucket, d.Project)
	if err != nil {
		return nil, nil
	}
	open := d.Registry.Trust != trust.Protected
	for _, e := range all {
		key := StateFor(d.Bucket, d.Project, e, defaultRoot).Key
		if open && !environments.IsMergeRequest(e) {
			not = append(not, key)
		} else {
			keys = append(keys, key)
		}
	}
	if open && len(not) == 0 { // there is none yet
		not = []string{StateFor(d.Bucket, d.Project, "prod", defaultRoot).Key}
	}
	return keys, not
}

// report is the lines, and the settings after them. When one is not ok they are
// told, and named in the error.
func report(checks []doctor.Check, settings string) (string, error) {
	var lines, bad []string
	for _, c := range checks {
		lines = append(lines, c.String())
		if !c.OK {
			bad = append(bad, c.Name)
		}
	}
	text := strings.Join(append(lines, settings), "\n")
	if len(bad) == 0 {
		return text, nil
	}
	tell.Line(text)
	return "", fmt.Errorf("not ok: %d of %s: %s: the lines above say what to do", len(bad), printable.Count(len(checks), "check"), strings.Join(bad, ", "))
}
