package datagrams

import (
	"fmt"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/argfile"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/pending"
)

// Save writes the datagrams of scans to the file of --pcap. Without either there is
// nothing to do.
func Save(pcap *pending.File, recorded *Recorder) error {
	if pcap == nil {
		return nil
	}
	if err := recorded.Write(pcap); err != nil {
		return fmt.Errorf("write %s: %w", pcap.Path(), argfile.Cause(err))
	}
	return pcap.Commit()
}
