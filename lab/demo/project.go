package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const (
	// projectInfra is the example's own root module.
	projectInfra = "infra"
	// freeInfra is where the copy has the root module without providers.
	freeInfra = "infra-free"
	// edited is the file that the demo edits in the copy.
	edited = "src/metadata_updater/handler.py"

	passwordVariable = "LAB_REGISTRY_PASSWORD"
)

// copyProject makes a fresh copy of the example, with the constructor's arguments in a .env file, so
// that a call only names the verb.
func (d *demo) copyProject() error {
	if err := os.RemoveAll(d.app()); err != nil {
		return fmt.Errorf("removing the last copy of the project: %w", err)
	}
	if err := os.CopyFS(d.app(), os.DirFS(filepath.Join(d.checkout, "examples", "app"))); err != nil {
		return fmt.Errorf("copying the project: %w", err)
	}
	if d.lab["LAB_INFRA"] != projectInfra {
		if err := os.CopyFS(filepath.Join(d.app(), freeInfra), os.DirFS(d.lab["LAB_INFRA"])); err != nil {
			return fmt.Errorf("copying the root module without providers: %w", err)
		}
	}
	if err := d.writeSettings(); err != nil {
		return err
	}
	d.view.print(setUpFormat, "project", "", "a copy of examples/app, with all settings in "+filepath.Join(d.app(), ".env"))
	return nil
}

// writeSettings writes the copy's .env.
func (d *demo) writeSettings() error {
	infra := projectInfra
	if d.lab["LAB_INFRA"] != projectInfra {
		infra = freeInfra
	}
	if err := os.WriteFile(filepath.Join(d.app(), ".env"), []byte(d.dotenv(infra)), 0o600); err != nil {
		return fmt.Errorf("writing the project's .env: %w", err)
	}
	return nil
}

// dotenv are the arguments of the pipeline's constructor. Secrets are given by reference.
func (d *demo) dotenv(infra string) string {
	var b strings.Builder
	for _, pair := range [][2]string{
		{"source", "."},
		{"pythonImage", d.lab["LAB_PYTHON_IMAGE"]},
		{"terraformImage", d.lab["LAB_TERRAFORM_IMAGE"]},
		{"registry", d.lab["LAB_REGISTRY"]},
		{"registryUsername", d.lab["LAB_REGISTRY_USERNAME"]},
		{"registryPassword", "env://" + passwordVariable},
		{"infra", infra},
		{"stateBucket", d.lab["LAB_STATE_BUCKET"]},
		{"providerMirror", d.lab["LAB_PROVIDER_MIRROR"]},
		{"awsEndpoint", d.lab["LAB_AWS_ENDPOINT"]},
		{"awsAccessKeyId", "env://DEMO_KEY"},
		{"awsSecretAccessKey", "env://DEMO_SECRET"},
	} {
		if pair[1] != "" {
			fmt.Fprintf(&b, "PIPELINE_%s=%s\n", pair[0], pair[1])
		}
	}
	return b.String()
}

// edit changes one source file of the copy.
func (d *demo) edit(context.Context) error {
	f, err := os.OpenFile(filepath.Join(d.app(), filepath.FromSlash(edited)), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("editing the project: %w", err)
	}
	_, err = f.WriteString("\n# A line that the demo added.\n")
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("editing the project: %w", err)
	}
	return nil
}
