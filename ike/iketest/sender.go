package iketest

import (
	"slices"
	"time"
)

// A sender is what is remembered of a source address.
type sender struct {
	recent  []time.Time // datagrams of the last second
	since   int         // datagrams since the last block
	blocked bool
	until   time.Time // zero: for ever
}

// drops reports whether a datagram is dropped unread.
func (f *faults) drops(in arrival, now time.Time) bool {
	if f.Loss > 0 && f.chance.Float64() < f.Loss {
		return true
	}
	if f.RateLimit <= 0 && f.BlockAfter <= 0 {
		return false
	}
	from := f.sources[in.remote.Addr()]
	if from == nil {
		from = new(sender)
		f.sources[in.remote.Addr()] = from
	}
	return from.blocks(f, now) || from.exceeds(f.RateLimit, now)
}

func (s *sender) blocks(f *faults, now time.Time) bool {
	if f.BlockAfter <= 0 {
		return false
	}
	if s.blocked && !s.until.IsZero() && !now.Before(s.until) {
		*s = sender{}
	}
	if s.blocked {
		return true
	}
	if s.since++; s.since > f.BlockAfter {
		s.blocked = true
		if f.BlockFor > 0 {
			s.until = now.Add(f.BlockFor)
		}
	}
	return s.blocked
}

func (s *sender) exceeds(limit int, now time.Time) bool {
	if limit <= 0 {
		return false
	}
	s.recent = slices.DeleteFunc(s.recent, func(t time.Time) bool { return now.Sub(t) >= time.Second })
	if len(s.recent) >= limit {
		return true
	}
	s.recent = append(s.recent, now)
	return false
}
