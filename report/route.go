package report

// Route is the way of requests to one port of the gateway, router by router.
type Route struct {
	Transport Transport `json:"transport"`
	Port      uint16    `json:"port"` // of the gateway
	// Control: the port is not IKE's, but one to compare with, where the gateway answers
	// on no other.
	Control bool `json:"control,omitempty"`
	// Reached: the gateway answers at the last of Hops. If not, the last router that
	// answers is the last of them, and Silent is how many more were asked for.
	Reached bool  `json:"reached"`
	Hops    []Hop `json:"hops"`
	Silent  int   `json:"silent,omitempty"`
	// Interrupted: the search ended before the gateway, a router or silence ended it, so
	// that nothing follows from what was not found.
	Interrupted bool `json:"interrupted,omitempty"`
	// QuotesRead is false where the system does not let us read what ICMP errors quote,
	// so that nothing is known of rewriting.
	QuotesRead bool `json:"quotes_read"`
	// RewrittenAt is the first hop that quotes something else than was sent.
	RewrittenAt int `json:"rewritten_at,omitempty"`
	// FilteredAfter is the last hop that the requests are known to pass, 0 for none,
	// where those to another port get further; absent if they do not.
	FilteredAfter *int  `json:"filtered_after,omitempty"`
	Evidence      []int `json:"evidence"`
}

// Hop is where requests with one hop limit end.
type Hop struct {
	Number  int     `json:"hop"`
	Router  string  `json:"router,omitempty"`  // absent if nothing came
	Gateway bool    `json:"gateway,omitempty"` // it is the gateway, which answers
	RTTms   float64 `json:"rtt_ms,omitempty"`
	// Rejects says how the router rejects the request, where it does not only say that
	// the hop limit is reached.
	Rejects string `json:"rejects,omitempty"`
	Quote   *Quote `json:"quote,omitempty"`
}

// Quote is the request as an ICMP error quotes it.
type Quote struct {
	Source      Endpoint `json:"source"`
	Destination Endpoint `json:"destination"`
	// Changed are what was rewritten: "source", "destination", "checksum" (of UDP) or
	// "id" (of IP).
	Changed []RouteChange `json:"changed,omitempty"`
}

// RouteChange is a part of a request that was rewritten on the way.
type RouteChange string

// The parts.
const (
	ChangedSource      RouteChange = "source"
	ChangedDestination RouteChange = "destination"
	ChangedChecksum    RouteChange = "checksum"
	ChangedID          RouteChange = "id"
)
