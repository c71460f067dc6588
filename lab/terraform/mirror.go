// Package terraform finds terraform on the machine: the binary, and a filesystem mirror of
// providers. It also has a root module that needs no provider.
package terraform

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Machine is where to look: a function for environment variables and the directory that stands
// for / (other than "/" in tests).
type Machine struct {
	Getenv func(string) (string, bool)
	Root   string
}

// This is the machine that the lab runs on.
var This = Machine{os.LookupEnv, "/"}

// aws is the provider without which a mirror is of no use here.
var aws = filepath.Join("registry.terraform.io", "hashicorp", "aws")

// Mirror returns a directory to use as a filesystem_mirror that holds the AWS provider, or "".
// If LAB_PROVIDER_MIRROR is set, it alone decides (empty: none). Else Mirror looks at the
// filesystem mirrors in terraform's CLI configuration, at the directories that terraform uses as
// mirrors by default, and at directories directly below /opt, /usr/local/share/terraform and
// /usr/share/terraform.
func (m Machine) Mirror() (string, error) {
	if path, set := m.Getenv("LAB_PROVIDER_MIRROR"); set {
		if path == "" {
			return "", nil
		}
		abs, err := filepath.Abs(path)
		if err != nil || !mirrors(abs) {
			return "", fmt.Errorf("reading LAB_PROVIDER_MIRROR %q: no %s/VERSION below it: give the directory above registry.terraform.io", path, aws)
		}
		return abs, nil
	}
	for _, dir := range append(m.configured(), m.implied()...) {
		if mirrors(dir) {
			return dir, nil
		}
	}
	for _, dir := range []string{"opt", "usr/local/share/terraform", "usr/share/terraform"} {
		below, err := filepath.Glob(filepath.Join(m.Root, dir, "*"))
		if err != nil {
			return "", fmt.Errorf("looking for a provider mirror: %w", err)
		}
		for _, dir := range append([]string{filepath.Join(m.Root, dir)}, below...) {
			if mirrors(dir) {
				return dir, nil
			}
		}
	}
	return "", nil
}

// mirrors reports whether a directory holds the AWS provider: unpacked (VERSION/OS_ARCH/...) or packed.
func mirrors(dir string) bool {
	for _, pattern := range []string{"*/*/terraform-provider-aws*", "terraform-provider-aws_*.zip"} {
		if found, err := filepath.Glob(filepath.Join(dir, aws, pattern)); err == nil && len(found) > 0 {
			return true
		}
	}
	return false
}

var (
	mirrorBlock = regexp.MustCompile(`(?s)filesystem_mirror\s*\{(.*?)\}`)
	pathLine    = regexp.MustCompile(`(?m)^\s*path\s*=\s*"([^"]+)"`)
)

// configured returns the mirrors in terraform's CLI configuration file, if there is one.
func (m Machine) configured() (dirs []string) {
	file := m.env("TF_CLI_CONFIG_FILE")
	if file == "" {
		if m.env("HOME") == "" {
			return nil
		}
		file = filepath.Join(m.env("HOME"), ".terraformrc")
	}
	config, err := os.ReadFile(file)
	if err != nil {
		return nil // terraform too goes on without
	}
	for _, block := range mirrorBlock.FindAllStringSubmatch(string(config), -1) {
		if path := pathLine.FindStringSubmatch(block[1]); path != nil {
			dirs = append(dirs, path[1])
		}
	}
	return dirs
}

// implied returns the directories that terraform uses as mirrors without being told.
func (m Machine) implied() (dirs []string) {
	if home := m.env("HOME"); home != "" {
		dirs = append(dirs, filepath.Join(home, ".terraform.d", "plugins"))
	}
	data := m.env("XDG_DATA_HOME")
	if data == "" && m.env("HOME") != "" {
		data = filepath.Join(m.env("HOME"), ".local", "share")
	}
	if data != "" {
		dirs = append(dirs, filepath.Join(data, "terraform", "plugins"))
	}
	shared := []string{filepath.Join(m.Root, "usr/local/share"), filepath.Join(m.Root, "usr/share")}
	if list := m.env("XDG_DATA_DIRS"); list != "" {
		shared = strings.Split(list, ":")
	}
	for _, dir := range shared {
		dirs = append(dirs, filepath.Join(dir, "terraform", "plugins"))
	}
	return dirs
}

func (m Machine) env(name string) string {
	value, _ := m.Getenv(name)
	return value
}
