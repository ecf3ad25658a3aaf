// Package datagrams keeps the datagrams of scans, and writes them with what became of
// their exchanges.
package datagrams

import (
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/ikescope/ikescope/ike/capture"
	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/archive"
)

// Recorder keeps datagrams in a spool until it is known what became of their
// exchanges. Its methods may be called by several goroutines at once.
type Recorder struct {
	spool *archive.Spool

	mu      sync.Mutex
	packets []packet
	targets []ofTarget
	err     error // the first
}

// packet is where a datagram is, and which target's.
type packet struct {
	at     report.Span
	target int
}

// ofTarget is where the comments of a target are, and how many of its datagrams there
// are.
type ofTarget struct {
	comments report.Span
	packets  int
}

// New returns a Recorder for so many targets, which keeps them in spool.
func New(spool *archive.Spool, targets int) *Recorder {
	return &Recorder{spool: spool, targets: make([]ofTarget, targets)}
}

// record is a datagram in the spool.
type record struct {
	Time          time.Time
	Sent          bool           `json:",omitempty"`
	Local, Remote netip.AddrPort // with which transport is known of the ports alone
	TCP           bool           `json:",omitempty"`
	Exchange      int            `json:",omitempty"`
	Octets        []byte
}

// Of returns what keeps a datagram of the target at index.
func (r *Recorder) Of(index int) func(initiator.Datagram) {
	return func(d initiator.Datagram) {
		raw, err := json.Marshal(record{d.Time, d.Sent, d.Local, d.Remote, d.Transport.IsTCP(), d.Exchange, d.Octets})
		r.mu.Lock()
		defer r.mu.Unlock()
		var at report.Span
		if err == nil {
			at, err = r.keep(raw)
		}
		if err == nil {
			r.packets = append(r.packets, packet{at, index})
			r.targets[index].packets++
		}
		r.fail(err)
	}
}

// keep appends to the spool, unless something went wrong before. r.mu is held.
func (r *Recorder) keep(raw []byte) (report.Span, error) {
	if r.err != nil {
		return report.Span{}, r.err
	}
	from, err := r.spool.Append(raw)
	return report.Span{From: from, To: from + int64(len(raw))}, err
}

// fail takes in an error. r.mu is held.
func (r *Recorder) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// Done takes in what was found out about the target at index.
func (r *Recorder) Done(index int, t *report.Target) {
	comments := make(map[int]string, len(t.Exchanges))
	for _, e := range t.Exchanges {
		comments[e.ID] = words(e)
	}
	comments[0] = name(t) // of what is of no exchange
	raw, err := json.Marshal(comments)
	r.mu.Lock()
	defer r.mu.Unlock()
	var at report.Span
	if err == nil {
		at, err = r.keep(raw)
	}
	r.targets[index].comments = at
	r.fail(err)
}

// Write writes the datagrams in the order in which they were sent and received, as
// pcapng, each with a comment on its exchange. Nothing may be recorded any more.
func (r *Recorder) Write(w io.Writer) error {
	if r.err != nil {
		return r.err
	}
	out := capture.NewWriter(w)
	held := make(map[int]map[int]string) // comments of the targets in progress
	for _, p := range r.packets {
		var d record
		if err := r.read(p.at, &d); err != nil {
			return err
		}
		if held[p.target] == nil {
			comments := make(map[int]string)
			if at := r.targets[p.target].comments; at.To > at.From {
				if err := r.read(at, &comments); err != nil {
					return err
				}
			}
			held[p.target] = comments
		}
		if err := out.Write(d.packet(held[p.target])); err != nil {
			return err
		}
		if r.targets[p.target].packets--; r.targets[p.target].packets == 0 {
			delete(held, p.target)
		}
	}
	return out.Err()
}

func (r *Recorder) read(at report.Span, to any) error {
	raw := make([]byte, at.To-at.From)
	if _, err := r.spool.ReadAt(raw, at.From); err != nil && err != io.EOF {
		return err
	}
	return json.Unmarshal(raw, to)
}

// packet returns d as it is written, with the number of its exchange as its ID.
func (d record) packet(comments map[int]string) capture.Packet {
	p := capture.Packet{Time: d.Time, Source: d.Remote, Destination: d.Local, ID: uint32(d.Exchange), TCP: d.TCP, Octets: d.Octets}
	if d.Sent {
		p.Source, p.Destination = d.Local, d.Remote
	}
	side := "received"
	if d.Sent {
		side = "sent"
	}
	what, known := comments[d.Exchange]
	switch {
	case d.Exchange == 0:
		p.Comment = "of no exchange"
	case !known:
		p.Comment = fmt.Sprintf("exchange %d", d.Exchange)
	default:
		p.Comment = fmt.Sprintf("exchange %d, %s", d.Exchange, what)
	}
	p.Comment = side + ": " + p.Comment
	if of := comments[0]; of != "" {
		p.Comment += "; " + of
	}
	return p
}

// name names a target in a comment.
func name(t *report.Target) string {
	return "target " + printable.Text(strings.TrimSpace(t.Name+" "+report.AddressBeside(t.Name, t.Address)))
}

// words says what an exchange was for, and what became of it: the outcome, and what
// the report takes from it.
func words(e report.Exchange) string {
	out := fmt.Sprintf("%s: outcome %s", english.Plain(e.Purpose), e.Outcome)
	if e.Group != "" {
		out += ", group " + e.Group
	}
	if e.Suite != "" {
		out += ", suite " + e.Suite
	}
	if e.Decides != "" {
		out += ", decides " + string(e.Decides)
	}
	if e.Doubtful {
		out += ", doubtful"
	}
	return printable.Text(out)
}
