package template

// Index finds the first of many templates that a text fits, without trying each of
// them.
type Index struct {
	of     func(int) *Template
	n      int
	byGram map[uint32][]int
	seen   [1 << 12]bool // hashes of byGram's keys
	always []int
}

// NewIndex returns an index of n templates, which are not to change.
func NewIndex(n int, of func(int) *Template) *Index {
	x := &Index{of: of, n: n, byGram: make(map[uint32][]int)}
	x.fill()
	return x
}

func gramAt(s string, i int) uint32 {
	return uint32(s[i]) | uint32(s[i+1])<<8 | uint32(s[i+2])<<16 | uint32(s[i+3])<<24
}

func gramHash(g uint32) uint32 { return g * 2654435761 >> 20 }

// fill finds for each template four octets of its literals that are rare among all.
func (x *Index) fill() {
	count := make(map[uint32]int)
	each := func(i int, f func(uint32)) {
		for literal := range x.of(i).Literals() {
			for j := 0; j+4 <= len(literal); j++ {
				f(gramAt(literal, j))
			}
		}
	}
	for i := range x.n {
		each(i, func(g uint32) { count[g]++ })
	}
	for i := range x.n {
		least, best := 0, uint32(0)
		each(i, func(g uint32) {
			if least == 0 || count[g] < least {
				least, best = count[g], g
			}
		})
		if least == 0 {
			x.always = append(x.always, i)
			continue
		}
		x.byGram[best] = append(x.byGram[best], i)
		x.seen[gramHash(best)] = true
	}
}

// Find returns the first template that text fits, -1 for none, and its words.
func (x *Index) Find(text string) (int, map[string]string) {
	best := x.n
	var words map[string]string
	try := func(i int) {
		if i >= best {
			return
		}
		if w, ok := x.of(i).Match(text); ok {
			best, words = i, w
		}
	}
	for i := 0; i+4 <= len(text); i++ {
		g := gramAt(text, i)
		if !x.seen[gramHash(g)] {
			continue
		}
		for _, t := range x.byGram[g] {
			try(t)
		}
	}
	for _, t := range x.always {
		try(t)
	}
	if best == x.n {
		return -1, nil
	}
	return best, words
}
