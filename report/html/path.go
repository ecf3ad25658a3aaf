package html

import (
	"fmt"

	"github.com/ikescope/ikescope/report"
)

// pathPicture is the way to a gateway as an SVG: boxes from us to it, and a line for
// each port.
type pathPicture struct {
	Width, Height int
	Boxes         []pathBox
	Lines         []pathLine
	MoreX, MoreY  int    // of the third line in the last box
	Words         string // all of it, for a reader who does not see it
}

type pathBox struct {
	X, Y, Width, Height int
	TX                  int // of the middle
	Title, Below, More  string
}

type pathLine struct {
	X1, X2, Y int
	TX, TY    int // of the label
	State     string
	Label     string
	Mark      string // at the end: > if it arrives, x if not
}

// pathStates are the classes of lines.
var pathStates = map[report.PathState]string{
	report.PathAnswers: "good", report.PathSilent: "silent", report.PathOpen: "silent",
}

func newPath(t *report.Target) *pathPicture {
	if len(t.Paths) == 0 {
		return nil
	}
	boxes := []pathBox{{Title: "you"}}
	if n := t.NAT; n != nil {
		if n.Local != nil {
			boxes[0].Below = n.Local.String()
		}
		if n.LocalBehindNAT {
			b := pathBox{Title: "NAT in front of you"}
			if n.Observed != nil {
				b.Below = "seen as " + n.Observed.String()
			}
			boxes = append(boxes, b)
		}
	}
	if hops, more := routers(t); hops > 0 {
		b := pathBox{Title: fmt.Sprintf("%d routers answer", hops), Below: more}
		if hops == 1 {
			b.Title = "1 router answers"
		}
		boxes = append(boxes, b)
	}
	if n := t.NAT; n != nil && n.GatewayBehindNAT {
		boxes = append(boxes, pathBox{Title: "NAT in front of it"})
	}
	last := pathBox{Title: "gateway", Below: t.Address}
	if t.Verdict != report.VerdictIKEv2 {
		last.Title = "target"
	}
	if n := t.NAT; n != nil && n.GatewayInside != nil {
		last.More = "inside " + n.GatewayInside.String()
	}
	boxes = append(boxes, last)

	const (
		boxWidth, gap   = 180, 76
		lineHeight, top = 40, 14
	)
	p := &pathPicture{Height: top*2 + max(64, lineHeight*len(t.Paths))}
	for i := range boxes {
		b := &boxes[i]
		b.X, b.Y, b.Width, b.Height = i*(boxWidth+gap), top, boxWidth, p.Height-2*top
		b.TX = b.X + boxWidth/2
		if i > 0 {
			p.Words += " -> "
		}
		p.Words += b.Title
		if b.Below != "" {
			p.Words += " (" + b.Below + ")"
		}
	}
	end := boxes[len(boxes)-1]
	p.Boxes, p.Width, p.MoreX, p.MoreY = boxes, end.X+boxWidth, end.TX, end.Y+60
	for i, way := range t.Paths {
		state, mark := pathStates[way.State], ">"
		if state == "" {
			state = "bad"
		}
		if state != "good" {
			mark = "x"
		}
		y := top + lineHeight*i + lineHeight/2 + 8
		words := way.Name() + " " + plain(way.State)
		p.Words += "; " + words
		for k := range boxes[1:] {
			l := pathLine{X1: boxes[k].X + boxWidth, X2: boxes[k+1].X, Y: y, State: state}
			l.TX, l.TY = (l.X1+l.X2)/2, y-7
			if k == len(boxes)-2 {
				l.Label, l.Mark = way.Name(), mark
			}
			p.Lines = append(p.Lines, l)
		}
	}
	return p
}

// routers counts those of the longest route that answer.
func routers(t *report.Target) (n int, more string) {
	for _, r := range t.Routes {
		count := 0
		for _, h := range r.Hops {
			if h.Router != "" && !h.Gateway {
				count++
			}
		}
		if count > n {
			n, more = count, ""
			if r.RewrittenAt > 0 {
				more = fmt.Sprintf("rewritten from hop %d on", r.RewrittenAt)
			}
		}
	}
	return n, more
}
