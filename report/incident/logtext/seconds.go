package logtext

import (
	"strconv"
	"strings"
	"time"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
)

var (
	// epoch is a time in seconds since 1970, as Meraki's syslog has it before the name of
	// the appliance: "1578424549.931720602 branch events ".
	epoch = lazyregexp.New(`^(1\d{9})\.(\d{6}|\d{9}) (?:([\w.-]{1,64}) events )?`)
	// compact is what FortiClient puts before a message:
	// "20260420 12:47:33.512 TZ=+0200 [ipsecvpn:DEBG] log:120 ".
	compact = lazyregexp.New(`^(\d{8} \d\d:\d\d:\d\d\.\d{3} TZ=[+-]\d{4}) \[\w{1,20}:\w{1,8}\] (?:\w{1,20}:\d{1,6} )?`)
)

// seconds takes a time of one of these forms from the beginning of a line.
func (l *Message) seconds(s string) bool {
	if s[0] < '1' || s[0] > '2' {
		return false
	}
	if m := epoch.FindStringSubmatch(s); m != nil {
		whole, _ := strconv.ParseInt(m[1], 10, 64)
		part, _ := strconv.ParseInt((m[2] + "000")[:9], 10, 64)
		l.Time = time.Unix(whole, part).UTC()
		l.Stamp, l.Text = l.Time.Format("2006-01-02T15:04:05Z"), s[len(m[0]):]
		if m[3] != "" {
			l.Host = shortHost(m[3])
		}
		return true
	}
	m := compact.FindStringSubmatch(s)
	if m == nil {
		return false
	}
	at, err := time.Parse("20060102 15:04:05.000 TZ=-0700", m[1])
	if err != nil {
		return false
	}
	l.Time, l.Stamp, l.Text = at.UTC(), at.Format("2006-01-02 15:04:05-07:00"), strings.TrimSpace(s[len(m[0]):])
	return true
}
