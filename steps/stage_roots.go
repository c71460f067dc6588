package steps

import (
	"path"
	"slices"
	"strings"
)

// stageDirs are what directories are called that have one for each environment.
var stageDirs = []string{"environments", "environment", "envs", "env", "stages"}

// byStage are directories with those of several environments as one, whose name has {environment} in its place: a
// directory called after an environment is one's in a directory of environments, or beside another one's.
func byStage(dirs []string) (out []string) {
	beside := map[string]int{}
	for _, dir := range dirs {
		for _, pattern := range stagePatterns(dir) {
			beside[pattern]++
		}
	}
	for _, dir := range dirs {
		for _, pattern := range stagePatterns(dir) {
			before, _, _ := strings.Cut(pattern, environmentMark)
			if beside[pattern] > 1 || slices.Contains(stageDirs, path.Base(before)) {
				dir = pattern
				break
			}
		}
		if !slices.Contains(out, dir) {
			out = append(out, dir)
		}
	}
	return out
}

// stagePatterns are a path with {environment} in the place of each part that is called after an environment.
func stagePatterns(dir string) (out []string) {
	parts := strings.Split(dir, "/")
	for i, part := range parts {
		if stages[part] != "" && len(parts) > 1 { // at the top, all directories would be environments
			pattern := slices.Clone(parts)
			pattern[i] = environmentMark
			out = append(out, path.Join(pattern...))
		}
	}
	return out
}

// possible are the directories that may be root modules: those of the usual names, and those elsewhere in the project. A
// directory below one of the first is a module that it calls, unless it is an environment's.
func possible(usual, all []string) []string {
	if len(usual) == 0 {
		return all
	}
	out := slices.Clone(usual)
	for _, dir := range all {
		below := slices.ContainsFunc(usual, func(root string) bool { return root == "." || strings.HasPrefix(dir, root+"/") })
		if strings.HasPrefix(dir, "../") || slices.Contains(out, dir) || below && !strings.Contains(dir, environmentMark) {
			continue
		}
		out = append(out, dir)
	}
	return out
}
