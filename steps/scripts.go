package steps

import (
	"embed"

	"dagger/pipeline/internal/dagger"
)

// scripts are what runs in the terraform container beside terraform itself.
//
//go:embed scripts
var scripts embed.FS

const scriptsDir = "/opt/pipeline"

// withScripts puts the scripts on the container's PATH.
func withScripts(c *dagger.Container) *dagger.Container {
	entries, err := scripts.ReadDir("scripts")
	if err != nil {
		panic(err) // the files are part of this program
	}
	dir := dag.Directory()
	for _, e := range entries {
		text, err := scripts.ReadFile("scripts/" + e.Name())
		if err != nil {
			panic(err)
		}
		dir = dir.WithNewFile(e.Name(), string(text), dagger.DirectoryWithNewFileOpts{Permissions: 0o755})
	}
	return c.
		WithDirectory(scriptsDir, dir).
		WithEnvVariable("PATH", scriptsDir+":${PATH}", dagger.ContainerWithEnvVariableOpts{Expand: true})
}
