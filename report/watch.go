package report

import (
	"math"
	"time"
)

// The records of a watch that is written as JSON lines.
const (
	WatchSampleRecord = "sample"
	WatchPathRecord   = "path"
)

// WatchSample is what came of one request of a watch.
type WatchSample struct {
	Record    string     `json:"record"` // "sample"
	Target    string     `json:"target"`
	Address   string     `json:"address"`
	Transport Transport  `json:"transport"`
	Port      uint16     `json:"port"`
	Sent      time.Time  `json:"sent"`
	State     PathState  `json:"state"`
	Reason    PathReason `json:"reason,omitempty"`
	RTTms     float64    `json:"rtt_ms,omitempty"`
	Detail    string     `json:"detail,omitempty"`
}

// WatchPath is what the requests of a watch to one port came to.
type WatchPath struct {
	Record    string    `json:"record"` // "path"
	Target    string    `json:"target"`
	Address   string    `json:"address"`
	Transport Transport `json:"transport"`
	Port      uint16    `json:"port"`
	// State is the last one; absent before the first.
	State    PathState `json:"state,omitempty"`
	Sent     int       `json:"sent"`
	Received int       `json:"received"` // of which answers came
	Lost     int       `json:"lost"`
	// The round trips are absent without an answer.
	LastMs float64 `json:"rtt_last_ms,omitempty"`
	RTTms  float64 `json:"rtt_ms,omitempty"` // the smallest
	MeanMs float64 `json:"rtt_mean_ms,omitempty"`
	MaxMs  float64 `json:"rtt_max_ms,omitempty"`
	Detail string  `json:"detail,omitempty"` // of the last that was not answered
}

// Add takes in a sample.
func (p *WatchPath) Add(s WatchSample) {
	p.Sent++
	p.State, p.LastMs = s.State, s.RTTms
	if s.State != PathAnswers {
		p.Lost, p.Detail = p.Lost+1, s.Detail
		return
	}
	p.Received++
	if p.Received == 1 || s.RTTms < p.RTTms {
		p.RTTms = s.RTTms
	}
	p.MaxMs = max(p.MaxMs, s.RTTms)
	p.MeanMs += (s.RTTms - p.MeanMs) / float64(p.Received)
}

// Rounded returns p with its times to the microsecond.
func (p WatchPath) Rounded() WatchPath {
	for _, ms := range []*float64{&p.LastMs, &p.RTTms, &p.MeanMs, &p.MaxMs} {
		*ms = math.Round(*ms*1000) / 1000
	}
	return p
}

// Loss returns the share of the requests that were not answered, 0 to 1.
func (p *WatchPath) Loss() float64 {
	if p.Sent == 0 {
		return 0
	}
	return float64(p.Lost) / float64(p.Sent)
}

// Name returns what people call the path, such as "UDP 500".
func (p *WatchPath) Name() string { return Path{Transport: p.Transport, Port: p.Port}.Name() }
