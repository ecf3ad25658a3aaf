// Package logread reads logs, and keeps their beginning.
package logread

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/capturefiles"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/progress"
)

// maxHead bounds what of a log is kept to be explained word by word, where its
// product is not known.
const maxHead = 1 << 20

// Reader keeps the beginning of what is read, ends with the context, and
// shows on a terminal how far it is.
type Reader struct {
	Head  []byte    // the beginning
	Shown io.Writer // where it is shown how far it is; nil for nowhere
	ctx   context.Context
	in    io.Reader
	total int64
	last  time.Time
}

// New reads in until ctx ends.
func New(ctx context.Context, in io.Reader) *Reader { return &Reader{ctx: ctx, in: in} }

// showFrom is from how many octets on a log is worth a line of progress.
const showFrom = 16 << 20

func (h *Reader) Read(p []byte) (int, error) {
	if err := h.ctx.Err(); err != nil {
		return 0, capturefiles.ErrStopped
	}
	n, err := h.in.Read(p)
	h.Head = append(h.Head, p[:min(n, maxHead-len(h.Head))]...)
	h.total += int64(n)
	if h.Shown != nil && h.total > showFrom && time.Since(h.last) > progress.Redraw {
		h.last = time.Now()
		fmt.Fprintf(h.Shown, "%s%d MB read", progress.Clear, h.total>>20)
	}
	return n, err
}

// Done removes the line of progress.
func (h *Reader) Done() {
	if h.Shown != nil && !h.last.IsZero() {
		fmt.Fprint(h.Shown, progress.Clear)
	}
}
