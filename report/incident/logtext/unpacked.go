package logtext

import (
	"fmt"
	"io"
)

// A log may unpack to a gigabyte, and beyond that to a hundred times what it is
// packed: text logs shrink to a tenth or a thirtieth, while gzip can pack a
// thousand octets into one, and a small file that is made for it takes hours.
const (
	unpackedFree  = 1 << 30
	unpackedTimes = 100
)

// counted counts what is read.
type counted struct {
	in io.Reader
	n  int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	c.n += int64(n)
	return n, err
}

// unpacked reads what was packed, as far as that may be a log.
type unpacked struct {
	in     io.Reader
	packed *counted
	n      int64
}

func (u *unpacked) Read(p []byte) (int, error) {
	if u.n > unpackedFree+unpackedTimes*u.packed.n {
		return 0, fmt.Errorf("unpacks to more than a log does, %d MB from %d kB: it was read no further; gunzip -c FILE | ikescope explain - reads it all",
			u.n>>20, u.packed.n>>10)
	}
	n, err := u.in.Read(p)
	u.n += int64(n)
	return n, err
}
