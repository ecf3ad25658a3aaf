package incident

import "github.com/ikescope/ikescope/report/incident/event"

// lane is the log of one host within a file: the lines of two that were put together
// are not of the same IKE SAs.
type lane struct {
	// name is "" for the first.
	name string
	// side is whose log it is by its heading, "" where that does not say.
	side    event.Side
	readers []event.Reader
	last    int        // the product of the line before
	folded  event.Line // the beginning of a message that may be folded
	// key is the IKE SA of the last event, and held are lines before the first
	// one whose product is known.
	key  string
	held []event.Line
	l2tp bool // a line of xl2tpd was seen
}

// maxLanes bounds the hosts of a file; what is of further ones is read as of the first.
const maxLanes = 32

// lanes are those of a file.
type lanes struct {
	all []*lane
	// section is the part of the file, as its heading has it, and first the first
	// host of each.
	section string
	first   map[string]string
	side    event.Side
}

// head begins another part of the file where a line is the heading of one.
func (s *Scanner) head(l *event.Line) bool {
	section, who, ok := l.Heading()
	if ok {
		s.lanes.section, s.lanes.side = section, event.Side(who)
		s.enter(section, s.lanes.side)
	}
	return ok
}

// sort turns to the lane that a line is of.
func (s *Scanner) sort(l *event.Line) {
	host := l.On()
	if host == "" {
		return
	}
	in := &s.lanes
	if in.first == nil {
		in.first = make(map[string]string)
	}
	first, known := in.first[in.section]
	if !known {
		if len(in.first) < maxLanes {
			in.first[in.section] = host
		}
		first = host
	}
	name := in.section
	if host != first {
		name += "\x00" + host
	}
	if name != s.lane.name {
		s.enter(name, in.side)
	}
}

// enter turns to a lane by its name.
func (s *Scanner) enter(name string, side event.Side) {
	if len(s.File.Products) == 0 && name != "" && len(s.lanes.all) == 1 && len(s.lane.held) == 0 { // nothing came before it
		s.lane.name, s.lane.side = name, side
		return
	}
	for _, known := range s.lanes.all {
		if known.name == name {
			s.lane = known
			return
		}
	}
	if len(s.lanes.all) >= maxLanes {
		s.lane = s.lanes.all[0]
		return
	}
	s.lane = s.newLane(name, side, s.last) // lines that no reader knows are of the product around them
	s.lanes.all = append(s.lanes.all, s.lane)
}

func (s *Scanner) newLane(name string, side event.Side, last int) *lane {
	out := &lane{name: name, side: side, last: last}
	for _, p := range s.products {
		out.readers = append(out.readers, p.New())
	}
	return out
}

// within returns the key of an IKE SA of the lane.
func (l *lane) within(key string) string {
	if l.name == "" {
		return key
	}
	return l.name + "\x00\x00" + key
}

// add puts an event into the attempt that it is of, in its lane.
func (s *Scanner) add(product string, e event.Event) {
	e.Lane, e.Key = s.lane.name, s.lane.within(e.Key)
	if s.lane.side != "" && e.Arg("side-hint") == "" {
		e.Set("side-hint", string(s.lane.side))
	}
	s.collector.add(product, e)
}
