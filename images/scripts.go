package images

import (
	"embed"
	"strings"
)

// scripts run in a container that is being built. They are given as text, so
// that none of them is left in an image; each is named by the argument after it.
//
//go:embed scripts/*.sh scripts/known_hosts
var scripts embed.FS

var (
	installPackages     = script("install-packages")
	installMissing      = script("missing-tools", "install-packages")
	installManager      = script("install-manager")
	installPoetry       = script("install-poetry")
	installUV           = script("uv-environment", "run-uv")
	installPylock       = script("uv-environment", "install-pylock")
	installRequirements = script("install-requirements")
	installPipfile      = script("check-pipfile", "install-requirements")
	importFromSource    = script("import-from-source")
	buildPackages       = script("build-packages")
	installTerraform    = script("install-terraform")
	fetchProviders      = script("fetch-providers")
	addTools            = script("add-tools")
	fetchBackends       = script("uv-environment", "fetch-backends")
	packSources         = script("uv-environment", "build-wheels", "pack-wheels")
	findRequires        = script("find-requires")
	findVersion         = script("find-version")
	serveSources        = script("uv-environment", "make-service", "build-wheels", "serve-wheels")
)

// installPackedBy installs what a lock file names for another machine.
func installPackedBy(lock string) string {
	return script("uv-environment", "install-packed", "packed-"+lock)
}

// installServedBy installs what a lock file names for the image of the service.
func installServedBy(lock string) string {
	return script("uv-environment", "make-service", "install-served", "packed-"+lock)
}

// places are where things are in the images, for the scripts.
const places = "virtualenv=" + virtualenv + " tools=" + toolsHome + " installed=" + installedDir + " terraform=" + terraformHome +
	" packed=" + packedHome + " service=" + serviceHome + "\n"

// script is the text of scripts that run one after another.
func script(names ...string) string {
	var b strings.Builder
	b.WriteString(places)
	for _, name := range names {
		b.WriteString(embedded(name + ".sh"))
	}
	return b.String()
}

// embedded is the text of a file beside the scripts.
func embedded(name string) string {
	text, err := scripts.ReadFile("scripts/" + name)
	if err != nil {
		panic(err)
	}
	return string(text)
}
