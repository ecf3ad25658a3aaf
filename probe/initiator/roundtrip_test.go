package initiator

import (
	"testing"
	"time"
)

func TestRoundTrip(t *testing.T) {
	const ms = time.Millisecond
	r := roundTrip{initial: defaultRTO}
	if got := r.rto(); got != 500*ms {
		t.Errorf("before a sample: %v, want 500ms", got)
	}
	// RFC 6298, Section 2.2: SRTT = R, RTTVAR = R/2, RTO = R + 4*R/2.
	r.sample(100 * ms)
	if got := r.rto(); got != 300*ms {
		t.Errorf("after 100ms: %v, want 300ms", got)
	}
	// Section 2.3: RTTVAR = 3/4*50 + 1/4*80, SRTT = 7/8*100 + 1/8*180.
	r.sample(180 * ms)
	if got, want := r.rto(), 110*ms+4*(57500*time.Microsecond); got != want {
		t.Errorf("after 180ms: %v, want %v", got, want)
	}
	if got := r.shortest(); got != 100*ms {
		t.Errorf("shortest: %v, want 100ms", got)
	}

	fast := roundTrip{initial: defaultRTO}
	fast.sample(ms)
	if got := fast.rto(); got != minRTO {
		t.Errorf("after 1ms: %v, want the least, %v", got, minRTO)
	}
	// Section 5.5: a timeout that was too short stays as long as it was in the end.
	late := roundTrip{initial: defaultRTO}
	late.late(1500*ms, 2*time.Second)
	if got := late.rto(); got != 2*time.Second {
		t.Errorf("after an answer to the third try: %v, want 2s", got)
	}
	if !late.sample(1500*ms) || late.sample(1600*ms) || fast.sample(600*ms) {
		t.Error("a path is slow if the first measurement is longer than the first timeout, else not")
	}
	slow := roundTrip{initial: defaultRTO}
	slow.sample(10 * time.Second)
	if got := slow.rto(); got != maxRTO {
		t.Errorf("after 10s: %v, want the most, %v", got, maxRTO)
	}
}

func TestBackOff(t *testing.T) {
	for try, want := range map[int]time.Duration{
		1: 500 * time.Millisecond, 2: time.Second, 3: 2 * time.Second, 4: 4 * time.Second, 5: maxRTO, 1 << 40: maxRTO,
	} {
		if got := backOff(500*time.Millisecond, try); got != want {
			t.Errorf("try %d: %v, want %v", try, got, want)
		}
	}
}

func TestAnsweredTry(t *testing.T) {
	start := time.Unix(0, 0)
	tries := []time.Time{start, start.Add(500 * time.Millisecond), start.Add(1500 * time.Millisecond)}
	for _, tc := range []struct {
		name     string
		at, best time.Duration
		want     int
	}{
		{"the last try is old enough", 1600 * time.Millisecond, 80 * time.Millisecond, 2},
		{"the last try is too young", 1510 * time.Millisecond, 80 * time.Millisecond, 1},
		{"no round trip is known", 1600 * time.Millisecond, 0, 0},
		{"faster than ever", 10 * time.Millisecond, 80 * time.Millisecond, 0},
	} {
		if got := answeredTry(tries, start.Add(tc.at), tc.best); !got.Equal(tries[tc.want]) {
			t.Errorf("%s: %v, want try %d", tc.name, got.Sub(start), tc.want)
		}
	}
}
