package general

import "slices"

// CausePassword is the cause that FreeRADIUS shows for a request before it answers it.
const CausePassword = "radius-no-password"

// maxRequests bounds the requests that are kept.
const maxRequests = 256

// Requests keeps what FreeRADIUS says of a request until it answers it: what one of its
// modules does not find, another may.
type Requests struct {
	open []request // the oldest first
}

// request is one that was not answered yet: its number, "" for none, whether what was
// said of it shows by itself that it fails, and what tells so.
type request struct {
	number string
	fails  bool
	tell   func()
}

// Take takes the words of a line of the cause [CausePassword]. It calls tell, now or
// later, if the request is refused, or if it fails and is not accepted.
func (r *Requests) Take(words map[string]string, fails bool, tell func()) {
	number := words["request"]
	delete(words, "request") // which makes no two lines differ
	of := func(q request) bool { return q.number == number }
	at := slices.IndexFunc(r.open, of)
	switch words["answer"] {
	case "Access-Reject":
		if at >= 0 {
			r.open[at].tell()
		}
	case "": // no answer
		if at >= 0 && r.open[at].fails {
			return
		}
		r.open = append(slices.DeleteFunc(r.open, of), request{number, fails, tell})
		if len(r.open) > maxRequests {
			r.open = slices.Delete(r.open, 0, 1)
		}
		return
	}
	r.open = slices.DeleteFunc(r.open, of)
}

// End tells of the requests that fail and whose answers a log does not show.
func (r *Requests) End() {
	for _, q := range r.open {
		if q.fails {
			q.tell()
		}
	}
	r.open = nil
}
