package capturewords

import (
	"cmp"
	"slices"

	"github.com/ikescope/ikescope/report"
)

// Group is IKE SAs of the same two addresses with the same verdict, or of one
// scan.
type Group struct {
	Verdict   report.CapturedVerdict
	File, Who string
	Scan      int
	Numbers   []int
}

// Alike puts IKE SAs into groups, the worst first.
func Alike(sas []report.CapturedSA) []*Group {
	type key struct {
		file, who, id, title string
		scan                 int
	}
	var groups []*Group
	index := map[key]*Group{}
	for _, sa := range sas {
		k := key{who: sa.Initiator.Address + " > " + sa.Responder.Address, scan: sa.Scan}
		if sa.Scan == 0 {
			k.file, k.id, k.title = sa.File, sa.Verdict.ID, sa.Verdict.Title
		}
		if index[k] == nil {
			index[k] = &Group{Verdict: sa.Verdict, File: sa.File, Who: k.who, Scan: sa.Scan}
			groups = append(groups, index[k])
		}
		index[k].Numbers = append(index[k].Numbers, sa.Number)
	}
	rank := map[report.Result]int{report.ResultFails: 0, report.ResultUnknown: 1, report.ResultWorks: 2}
	slices.SortStableFunc(groups, func(a, b *Group) int { return cmp.Compare(rank[a.Verdict.Result], rank[b.Verdict.Result]) })
	return groups
}

const (
	// toldAlike is how many IKE SAs of a group are shown, and toldSAs how many of
	// all groups.
	toldAlike = 3
	toldSAs   = 60
)

// Choose returns the numbers of the IKE SAs that are shown: of each group the
// first, the worst groups first, and none of a scan.
func Choose(groups []*Group, all bool) map[int]bool {
	told := map[int]bool{}
	one := len(groups) == 1 && len(groups[0].Numbers) == 1
	for _, g := range groups {
		for i, number := range g.Numbers {
			if all || one || g.Scan == 0 && i < toldAlike && len(told) < toldSAs {
				told[number] = true
			}
		}
	}
	return told
}
