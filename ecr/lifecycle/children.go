package lifecycle

import "fmt"

// keepChildren applies AWS's handling of images that a manifest list refers to: they cannot be expired while the list
// exists. So such an image lives as long as the longest-lived of its lists or as its own rule allows, whichever is
// longer, and if list and image are both expired, the image goes in a later run than the list.
func keepChildren(fates []Fate) {
	at := map[string]int{}
	for i, f := range fates {
		at[f.Image.Digest] = i
	}
	own := append([]Fate{}, fates...)
	family := family{own: own, at: at}
	for i, f := range own {
		parents := family.parents(i)
		if len(parents) == 0 {
			continue
		}
		stays, certain := family.any(i, func(f Fate) bool { return !f.Expired }), family.any(i, func(f Fate) bool { return !f.Expired && !f.Tied })
		fates[i].Expired = false
		fates[i].After = !stays
		fates[i].Tied = stays && !certain
		fates[i].Forever = family.any(i, func(f Fate) bool { return f.Forever && !f.Expired })
		if f.Expired {
			fates[i].Why = fmt.Sprintf("manifest list %s refers to it", own[parents[0]].Image.Digest)
		}
		if fates[i].After {
			fates[i].Why += ", and goes"
		}
	}
}

// family has the fates by the rules alone, and the place of each digest's fate.
type family struct {
	own []Fate
	at  map[string]int
}

// parents are the places of the existing lists that refer to an image.
func (f family) parents(i int) []int {
	var out []int
	for _, digest := range f.own[i].Image.Parents {
		if p, ok := f.at[digest]; ok && p != i {
			out = append(out, p)
		}
	}
	return out
}

// any reports whether something holds for an image or for a list above it.
func (f family) any(i int, holds func(Fate) bool) bool {
	seen := map[int]bool{}
	var look func(i int) bool
	look = func(i int) bool {
		if seen[i] {
			return false
		}
		seen[i] = true
		if holds(f.own[i]) {
			return true
		}
		for _, p := range f.parents(i) {
			if look(p) {
				return true
			}
		}
		return false
	}
	return look(i)
}
