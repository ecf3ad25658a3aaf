package report

// Advice says whether a client gets an IKE SA of a target, and what would
// change that.
type Advice struct {
	Target  string `json:"target"`
	Address string `json:"address"`
	Client  Client `json:"client"`
	// Remedies are the ways to make it connect, the best first; empty if it
	// does, or if nothing is known.
	Remedies []Remedy `json:"remedies"`
}

// Remedy is one change that makes a client connect, or why there is none in a
// syntax.
type Remedy struct {
	Side   string `json:"side"`   // "client" or "gateway"
	Syntax string `json:"syntax"` // "" if none is known
	Where  string `json:"where"`
	Suite  string `json:"suite,omitempty"`
	// Together: the other side has to be changed to Suite, too.
	Together bool `json:"together"`
	// Changes are the axes on which Suite is new to the side.
	Changes []string `json:"changes"`
	// Weaker are sentences on what is weaker than the side's policy in force.
	Weaker []string `json:"weaker"`
	// Lines are to paste. Without any, Why says why.
	Lines []string `json:"lines"`
	Why   string   `json:"why,omitempty"`
	Notes []string `json:"notes"`
}
