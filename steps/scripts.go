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
	return c.
		WithDirectory(scriptsDir, embedded(scripts, "scripts")).
		WithEnvVariable("PATH", scriptsDir+":${PATH}", dagger.ContainerWithEnvVariableOpts{Expand: true})
}

// embedded is a folder of files that are part of this program.
func embedded(files embed.FS, folder string) *dagger.Directory {
	entries, err := files.ReadDir(folder)
	if err != nil {
		panic(err)
	}
	dir := dag.Directory()
	for _, e := range entries {
		text, err := files.ReadFile(folder + "/" + e.Name())
		if err != nil {
			panic(err)
		}
		dir = dir.WithNewFile(e.Name(), string(text), dagger.DirectoryWithNewFileOpts{Permissions: 0o755})
	}
	return dir
}
