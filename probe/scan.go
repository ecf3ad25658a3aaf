package probe

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/gateway"
	"github.com/ikescope/ikescope/probe/internal/ledger"
	"github.com/ikescope/ikescope/probe/internal/session"
	"github.com/ikescope/ikescope/probe/path/mapping"
	"github.com/ikescope/ikescope/probe/target"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// scan is one run of a Scanner against one address.
type scan struct {
	Scanner
	target target.Target
	random io.Reader
	conn   *initiator.Conn
	main   initiator.Transport // that the matrix is asked over

	gateway   gateway.Memory
	halfOpens *ledger.HalfOpens
	loss      ledger.Loss // of IKE_SA_INIT requests
	closeLoss ledger.Loss // of those that close IKE SAs
	journal   ledger.Journal
	restart   ledger.Restart
	findings  ledger.Findings
	disorder  ledger.Disorder
	spread    *ledger.Spread
	fresh     ledger.Fresh
	closing   sync.WaitGroup                   // of IKE SAs, beside other exchanges
	apart     atomic.Bool                      // several gateways are asked, one after the other
	decided   map[evidence.Look]*matrix.Matrix // by answers of each of them

	inside   mapping.Finder    // of the addresses of gateways behind NAT
	sessions *session.Sessions // IKE SAs to ask in, and to close

	result evidence.Result // but for what the journal holds
}

func newScan(s Scanner, t target.Target) *scan {
	if len(s.Transports) == 0 {
		s.Transports = t.Transports()
	}
	if s.Rand == nil {
		s.Rand = rand.Reader
	}
	return &scan{
		Scanner: s, target: t, random: &lockedReader{source: s.Rand},
		decided:   make(map[evidence.Look]*matrix.Matrix),
		fresh:     ledger.Fresh{Shared: s.Shared, Of: t.Address},
		halfOpens: ledger.NewHalfOpens(), journal: ledger.Journal{Budget: s.MaxExchanges},
		inside: mapping.Finder{Known: t.Inside},
		result: evidence.Result{Target: t.Name, Address: t.Address, Started: time.Now()},
	}
}

// lockedReader is a source of randomness for several goroutines.
type lockedReader struct {
	mu     sync.Mutex
	source io.Reader
}

func (r *lockedReader) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.source.Read(p)
}

func (s *scan) run(ctx context.Context) error {
	c, err := initiator.Open(ctx, initiator.Config{
		Gateway: s.target.Address, Paths: s.target.Paths, Source: s.Source, Listen: s.Listen, Dial: s.Dial,
		Rand: s.random, Trace: s.Trace, InitialRTO: s.InitialRTO, Attempts: s.Attempts,
		Rate: s.Rate, Window: s.Window, First: s.target.FirstExchange,
	})
	if u, ok := initiator.NoRoute(err); ok {
		s.unroutable(u)
	} else if err != nil {
		s.result.Verdict = evidence.VerdictError
		s.journal.Fail(err)
	} else {
		s.sessions = &session.Sessions{
			Conn: c, Rand: s.random, Journal: &s.journal, HalfOpens: s.halfOpens, Loss: &s.loss, CloseLoss: &s.closeLoss,
			Begin: s.begin, Record: s.record,
		}
		s.conn, s.spread = c, ledger.NewSpread(c.OpenFlow)
		s.explore(ctx)
		s.closing.Wait()
		s.sessions.CloseAgain(ctx)
		s.awaitLate(ctx)
		s.sumUp()
		if err := c.Close(); err != nil && s.journal.Failure() == nil {
			s.journal.Fail(fmt.Errorf("close the socket: %w", err))
		}
	}
	return s.finish(ctx)
}

// explore finds out what there is to be found.
func (s *scan) explore(ctx context.Context) {
	defer s.closing.Wait()
	s.reach(ctx)
	if s.result.Verdict != evidence.VerdictIKEv2 || !s.negotiates() {
		return
	}
	if !s.ClientsOnly {
		s.matrix(ctx)
		s.askMembers(ctx)
		s.detail(ctx)
		s.confirm(ctx)
		s.lookAgain(ctx)
		s.identify(ctx)
		s.lookAround(ctx)
	}
	s.clients(ctx)
}

// sumUp fills in what only the end of the exchanges knows.
func (s *scan) sumUp() {
	r := &s.result
	s.countLeft()
	s.noteUnseen()
	r.Cost.Cost = s.conn.Cost()
	r.Cost.HalfOpenLeft, r.Cost.HalfOpenPeak = s.halfOpens.Counts()
	for i := range r.Paths {
		p := &r.Paths[i]
		p.Sent, p.Received = s.conn.Traffic(p.Transport)
		for _, x := range s.journal.Since(0) {
			if x.Transport == p.Transport && x.RTT > 0 && (p.RTT == 0 || x.RTT < p.RTT) {
				p.RTT = x.RTT
			}
		}
	}
	if n := s.conn.Strays(); n > 0 {
		s.journal.Note(evidence.Note{Kind: evidence.NoteStrays, Count: n})
	}
	if r.Verdict != evidence.VerdictIKEv2 {
		return
	}
	if n := s.halfOpens.Unclosed(); n >= ledger.HalfOpenLimit {
		s.journal.Note(evidence.Note{Kind: evidence.NoteHalfOpenLeft, Count: n})
	}
	if rate, ok := s.conn.Slowed(); ok {
		s.journal.Note(evidence.Note{Kind: evidence.NoteSlowed, Rate: rate, Count: r.Cost.Retransmits, Of: r.Cost.DatagramsSent})
	}
	if n := r.Cost.Cookies; n > 0 {
		s.journal.Note(evidence.Note{Kind: evidence.NoteCookies, Count: n, Of: r.Cost.Exchanges})
	}
}

// finish fills in the rest of the result, and returns why it is not complete.
func (s *scan) finish(ctx context.Context) error {
	r := &s.result
	if late(ctx) {
		s.journal.Note(evidence.Note{Kind: evidence.NoteDeadline, Detail: s.Deadline.String()})
	}
	r.Exchanges, r.Notes, r.Err = s.journal.Since(0), s.journal.Noted(), s.journal.Failure()
	slices.SortFunc(r.Exchanges, func(a, b evidence.Exchange) int { return a.ID - b.ID })
	for i := range r.Paths {
		r.Paths[i].Port = s.target.Paths.Port(r.Paths[i].Transport)
	}
	if s.gaveUp() {
		s.explainDisorder()
		r.Notes = s.journal.Noted()
	}
	s.conclude(ctx)
	r.Cost.Elapsed = time.Since(r.Started)
	err := s.incomplete(ctx)
	r.Complete = err == nil
	return err
}
