package images

import (
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Limits of a search: what it finds is for a hint.
const (
	deepest         = 4
	mostDirectories = 300
)

// Search looks into the directories of a source, the highest first, except hidden ones and
// those of the names given. It tells of each the names in it, directories with a slash.
func Search(files fs.FS, passOver []string, in func(dir string, names []string)) error {
	dirs := []string{"."}
	for n := 0; len(dirs) > 0 && n < mostDirectories; n++ {
		dir := dirs[0]
		dirs = dirs[1:]
		entries, err := fs.ReadDir(files, dir)
		if err != nil {
			return err
		}
		var names []string
		for _, entry := range entries {
			name := entry.Name()
			if entry.IsDir() {
				if !strings.HasPrefix(name, ".") && !slices.Contains(passOver, name) && strings.Count(dir, "/") < deepest {
					dirs = append(dirs, path.Join(dir, name))
				}
				name += "/"
			}
			names = append(names, name)
		}
		in(dir, names)
	}
	return nil
}
