// Package image builds the lab's base images from Debian packages, keeps them by content in the
// lab's cache, and pushes them to the lab's registry.
package image

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"dagger/pipeline/lab/debian"
)

// format changes when the way images are built changes, so that none built the old way is reused.
const format = 1

// Recipe says what a base image is made of. It contains no date: the same recipe is the same image,
// built once and kept.
type Recipe struct {
	Name         string   // repository in the registry
	Suite        string   // Debian release, such as bookworm
	Sources      []string // package sources, in the image too; none for mmdebstrap's own
	Packages     []string
	Certificates [][]byte // PEM, beyond Debian's own
	Env          []string // KEY=VALUE, in the image's configuration
	Files        []File   // in a layer of their own, above the packages
	Entrypoint   []string `json:",omitempty"` // of the image
	TagBy        string   // what the tag is taken from: "python" (the packaged version) or the tag itself
}

// File is one file of an image, its content given here or by a path on this machine.
type File struct {
	Path    string // in the image, absolute
	Mode    int64
	Content []byte
	From    string
}

// environment makes every client in the image trust what the machine trusts, including those that
// ship their own certificates (pip, requests, boto3). AWS_CA_BUNDLE is not needed in addition to
// REQUESTS_CA_BUNDLE, and is left to the user.
var environment = []string{
	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	"LANG=C.UTF-8",
	"SSL_CERT_FILE=" + debian.Bundle,
	"PIP_CERT=" + debian.Bundle,
	"REQUESTS_CA_BUNDLE=" + debian.Bundle,
}

// Debian's aws-cli is older than AWS_ENDPOINT_URL; in the lab, scripts that call it must still reach
// the AWS stand-in.
const awsWrapper = `#!/bin/sh
# aws-cli before 2.13 does not read AWS_ENDPOINT_URL.
exec /usr/bin/aws ${AWS_ENDPOINT_URL:+--endpoint-url "$AWS_ENDPOINT_URL"} "$@"
`

// redisEntrypoint works like that of the official image: arguments that start with a dash are for
// redis-server, and clients need no password.
const redisEntrypoint = `#!/bin/sh
[ "${1#-}" = "$1" ] && [ $# -gt 0 ] || set -- redis-server "$@"
[ "$1" != redis-server ] || set -- "$@" --protected-mode no
exec "$@"
`

// Recipes returns the recipes of the python and the terraform base image for this machine, and of a
// service for tests.
// terraform is the path of a terraform binary to put in, or empty for none; version is its version.
func Recipes(terraform, version string) ([]Recipe, error) {
	suite, err := debian.Codename("")
	if err != nil {
		return nil, err
	}
	sources, err := debian.Sources("", suite)
	if err != nil {
		return nil, err
	}
	certificates, err := debian.ExtraCertificates("", "")
	if err != nil {
		return nil, err
	}
	common := Recipe{Suite: suite, Sources: sources, Certificates: certificates, Env: environment}

	python := common
	python.Name, python.TagBy = "python", "python"
	python.Packages = []string{"ca-certificates", "python-is-python3", "python3", "python3-pip", "python3-venv"}

	tf := common
	tf.Name, tf.TagBy = "terraform", version
	tf.Packages = []string{"awscli", "ca-certificates", "curl", "git", "jq", "unzip"}
	tf.Files = []File{{Path: "/usr/local/bin/aws", Mode: 0o755, Content: []byte(awsWrapper)}}
	if terraform != "" {
		tf.Files = append(tf.Files, File{Path: "/usr/local/bin/terraform", Mode: 0o755, From: terraform})
	}

	redis := common
	redis.Name, redis.TagBy = "redis", suite
	redis.Packages = []string{"ca-certificates", "redis-server"}
	redis.Files = []File{{Path: "/usr/local/bin/docker-entrypoint.sh", Mode: 0o755, Content: []byte(redisEntrypoint)}}
	redis.Entrypoint = []string{"docker-entrypoint.sh"}
	return []Recipe{python, tf, redis}, nil
}

// Key identifies the recipe's content: the hash of everything that goes into the image.
func (r Recipe) Key(sums *Sums) (string, error) {
	type file struct{ Path, Mode, Sum string }
	var files []file
	for _, f := range r.Files {
		sum := fmt.Sprintf("%x", sha256.Sum256(f.Content))
		if f.From != "" {
			var err error
			if sum, err = sums.Of(f.From); err != nil {
				return "", err
			}
		}
		files = append(files, file{f.Path, fmt.Sprintf("%o", f.Mode), sum})
	}
	r.Files = nil
	data, err := json.Marshal(struct {
		Format int
		Recipe Recipe
		Files  []file
	}{format, r, files})
	if err != nil {
		return "", fmt.Errorf("naming the base image %s: %w", r.Name, err)
	}
	return fmt.Sprintf("%x", sha256.Sum256(data))[:16], nil
}

// hashFile returns the SHA-256 of a file's content, in hex.
func hashFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
