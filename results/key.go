package results

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
)

// version is part of every key. Change it when the stored form changes.
const version = "1"

// Steps whose results are kept; their names are the prefixes of the keys.
const (
	TestStep    = "test"
	PackageStep = "package"
)

// Inputs is everything that the result of a step depends on. Two runs with the same
// inputs have the same result; nothing else may matter.
type Inputs struct {
	// Step is one of the steps above.
	Step string
	// Image is the content tag of the app image: base image, platform, tools, lock.
	Image string
	// Files are the digests of what is added to it: source, installed project, commands.
	Files []string
	// Project is the project's path in the source, Roots the root modules' paths.
	Project string
	Roots   []string
	// Python is the version that a file beside the project or above it asks for.
	Python string
	// Versions are the versions that the caller sets: of the project, Poetry and uv.
	Versions []string
	// Settings is the step's table of the project: command, variables, patterns.
	Settings any
	// Services identify the services, each with its image's digest.
	Services []string
	// Program is the pipeline's own code.
	Program string
}

// Key is the name of the result: "test-0f3a...". Like an image's content tag, it is
// known before anything runs.
func (i Inputs) Key() string {
	text, err := json.Marshal(i) // lists and texts are quoted: none runs into the next
	if err != nil {
		panic(err) // texts, lists and tables of them can be marshalled
	}
	sum := sha256.Sum256(append([]byte(version+"\n"), text...))
	return i.Step + "-" + hex.EncodeToString(sum[:])
}

// Program is a hash of the files of the pipeline's own code that affect a result.
// Results of a different version of the pipeline are not used. Its tests affect none,
// and a Dagger engine does not get them.
func Program(all ...fs.FS) string {
	h := sha256.New()
	for _, files := range all {
		err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || strings.HasSuffix(name, "_test.go") {
				return err
			}
			text, err := fs.ReadFile(files, name)
			fmt.Fprintf(h, "%q %d\n%s", name, len(text), text)
			return err
		})
		if err != nil {
			panic(err) // they are part of this program
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}
