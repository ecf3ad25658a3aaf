package logread

import (
	"context"
	"io"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ikescope/ikescope/report/incident"
	"github.com/ikescope/ikescope/report/incident/readers"
)

// An attempt of a log that is followed is told when it has ended, not at the
// end of the log.
func TestFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in, out := io.Pipe()
		var mu sync.Mutex
		var told []string
		pauses := 0
		ended := make(chan error)
		go func() {
			_, err := Follow(context.Background(), "log", in, readers.All(), func(a *incident.Attempt) {
				mu.Lock()
				defer mu.Unlock()
				told = append(told, a.Cause.ID)
			}, func(incident.File) {
				mu.Lock()
				defer mu.Unlock()
				pauses++
			})
			ended <- err
		}()
		write := func(s string) {
			if _, err := io.WriteString(out, s); err != nil {
				t.Error(err)
			}
		}
		write("08[IKE] <1> received proposals unacceptable\n08[ENC] <1> generating IKE_SA_INIT response 0 [ N(NO_PROP) ]\n")
		time.Sleep(500 * time.Millisecond)
		synctest.Wait()
		mu.Lock()
		if len(told) != 0 {
			t.Errorf("told at once: %q", told)
		}
		mu.Unlock()
		time.Sleep(time.Second)
		synctest.Wait()
		mu.Lock()
		if len(told) != 1 || pauses != 1 {
			t.Errorf("told after a pause: %q, %d pauses", told, pauses)
		}
		mu.Unlock()
		write("09[IKE] <2> no shared key found for '10.0.0.1' - '10.0.0.2'\n")
		time.Sleep(3 * time.Second)
		out.Close()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if len(told) != 2 || told[0] != "ike-proposal" || told[1] != "psk-missing" {
			t.Errorf("told %q", told)
		}
	})
}

// Who interrupts ends the log, and what there was is told.
func TestFollowInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in, out := io.Pipe()
		ctx, cancel := context.WithCancel(context.Background())
		told := 0
		ended := make(chan error)
		go func() {
			_, err := Follow(ctx, "log", in, readers.All(), func(*incident.Attempt) { told++ }, func(incident.File) {})
			ended <- err
		}()
		io.WriteString(out, "09[IKE] <2> no shared key found for '10.0.0.1' - '10.0.0.2'\n")
		synctest.Wait()
		cancel()
		if err := <-ended; err != nil || told != 1 {
			t.Errorf("%d told, %v", told, err)
		}
		out.Close()
	})
}
