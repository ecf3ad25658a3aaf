package capture

import (
	"fmt"

	"github.com/ikescope/ikescope/ike/dialog"
	"github.com/ikescope/ikescope/ike/icmp"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
)

// flows reports whether packets of its Child SAs go in both directions.
func (c *course) flows() bool { return flows(c.SA) }

func flows(sa *dialog.SA) bool { return sa.Sent.Packets() > 0 && sa.Received.Packets() > 0 }

// packets counts those of one direction.
func packets(t dialog.Traffic) string {
	return english.Counted(int64(t.Packets()), "packet", "packets")
}

func (c *course) flowing() report.CapturedVerdict { return flowing(c.SA) }

// protocol names what the Child SAs use.
func protocol(sa *dialog.SA) string {
	if sa.Sent.ESP+sa.Received.ESP == 0 {
		return "AH"
	}
	return "ESP"
}

func flowing(sa *dialog.SA) report.CapturedVerdict {
	return works("ESP-FLOWS", "connected: "+protocol(sa)+" flows in both directions",
		fmt.Sprintf("%s from the initiator, %d to it", packets(sa.Sent), sa.Received.Packets()))
}

// judgeFlows goes by the packets of Child SAs.
func (c *course) judgeFlows() (report.CapturedVerdict, bool) {
	if c.flows() {
		return c.flowing(), true
	}
	v, ok := oneWay(c.SA)
	if ok && v.Result == report.ResultUnknown && len(c.after) > 0 && !c.endsAtOnce() {
		return report.CapturedVerdict{}, false // what follows says more
	}
	return v, ok
}

// oneWay judges packets of Child SAs in one direction only.
func oneWay(sa *dialog.SA) (report.CapturedVerdict, bool) {
	const id = "ESP-ONE-WAY"
	name := protocol(sa)
	there, back := sa.Sent, sa.Received
	title, detail := name+" flows from the initiator, and none comes back",
		fmt.Sprintf("%s from the initiator; the responder's routes or policy are wrong, or a firewall drops %s", packets(there), name)
	fix := []string{"check the responder's routes and filters for the client's inner address",
		"without NAT, ESP is IP protocol 50: let it through, or force UDP encapsulation"}
	if there.Packets() == 0 {
		there, back = back, there
		title, detail = name+" flows from the responder, and none to it",
			packets(there)+" from the responder; the initiator's routes or filters are wrong, or the capture sees only one direction"
		fix = nil
	}
	if there.Packets() == 0 || back.Packets() > 0 {
		return report.CapturedVerdict{}, false
	}
	for _, e := range sa.ChildErrors {
		if e.Error.Meaning() != icmp.TooBig {
			return withError(e, fails(report.LayerNetwork, id, title, detail, fix...)), true
		}
	}
	if there.Packets() >= someESP && there.Last.Sub(there.First) >= espTime {
		return fails(report.LayerNetwork, id, title, detail, fix...), true
	}
	span := ""
	if !there.First.IsZero() {
		span = " in " + seconds(there.Last.Sub(there.First))
	}
	return unknown(id, "so far, "+name+" flows in only one direction",
		packets(there)+span+", which may not require an answer",
		"capture for longer, while something inside the tunnel requires an answer, such as a ping"), true
}
