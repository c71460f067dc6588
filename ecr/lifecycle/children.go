package lifecycle

import "fmt"

// keepChildren applies what AWS does with images that a manifest list refers to: they cannot be expired while the list
// is there. So such an image lives as long as the longest-lived of its lists or as its own rule lets it, whichever is
// longer, and where list and image are both expired it goes in a later run than the list.
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

// family are the fates that the rules alone give, and where each digest's is.
type family struct {
	own []Fate
	at  map[string]int
}

// parents are the places of the lists that refer to an image and are there.
func (f family) parents(i int) []int {
	var out []int
	for _, digest := range f.own[i].Image.Parents {
		if p, ok := f.at[digest]; ok && p != i {
			out = append(out, p)
		}
	}
	return out
}

// any tells whether something holds for an image or for a list above it.
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
