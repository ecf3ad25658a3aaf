package windows

import (
	"encoding/xml"
	"strings"

	"github.com/ikescope/ikescope/report/explain"
	"github.com/ikescope/ikescope/report/incident/event"
)

// xmlEvent is an event of the Event Log.
type xmlEvent struct {
	System struct {
		Provider struct {
			Name string `xml:"Name,attr"`
		}
		EventID     string
		TimeCreated struct {
			SystemTime string `xml:"SystemTime,attr"`
		}
	}
	EventData struct {
		Data []struct {
			Name  string `xml:"Name,attr"`
			Value string `xml:",chardata"`
		}
	}
	RenderingInfo struct{ Message string }
}

// xml takes a line of an event in XML.
func (r *reader) xml(l *event.Line, text string) []event.Event {
	if r.element.Len() == 0 {
		r.at = *l
	}
	r.element.WriteString(text + "\n")
	if !strings.Contains(text, r.open) && r.element.Len() < maxElement {
		return nil
	}
	whole := r.element.String()
	r.element.Reset()
	r.open = ""
	var e xmlEvent
	if xml.Unmarshal([]byte(whole), &e) != nil {
		return nil
	}
	line := r.at
	line.Stamp = clip(e.System.TimeCreated.SystemTime, 40)
	data := make(map[string]string)
	var values []string
	for _, d := range e.EventData.Data {
		data[d.Name] = strings.TrimSpace(d.Value)
		values = append(values, strings.TrimSpace(d.Value))
	}
	line.Text = strings.TrimSpace(e.System.Provider.Name + " " + e.System.EventID + " " + strings.Join(values, " "))
	switch id := strings.TrimSpace(e.System.EventID); {
	case id == "6273" || id == "6274":
		if code := data["ReasonCode"]; code != "" {
			r.details = map[string]string{"account name": data["SubjectUserName"], "client ip address": data["ClientIPAddress"]}
			events, _ := r.nps(&line, code)
			return events
		}
	case id >= "4650" && id <= "4656" && len(id) == 4 || id >= "4976" && id <= "4984" && len(id) == 4:
		if reason := data["FailureReason"]; reason != "" {
			r.details = map[string]string{"role": data["Role"], "keying module name": data["KeyModName"], "network address": data["LocalAddress"],
				"peer": data["RemoteAddress"], "failure point": data["FailurePoint"]}
			return []event.Event{r.failure(&line, reason)}
		}
	case strings.HasPrefix(id, "202") && len(id) == 5:
		if e.RenderingInfo.Message != "" && coID.MatchString(e.RenderingInfo.Message) {
			line.Text = strings.Join(strings.Fields(e.RenderingInfo.Message), " ")
			return r.event(&line, id, line.Text)
		}
		// The data of 20227: CoId, user, connection, code.
		text := "CoId=" + at(values, 0) + ": " + strings.Join(values[min(1, len(values)):], " ")
		events := r.event(&line, id, text)
		for i := range events {
			events[i].Text = line.Text
			events[i].Set("user", at(values, 1))
			events[i].Set("conn", at(values, 2))
		}
		return events
	}
	return nil
}

func at(values []string, i int) string {
	if i < len(values) {
		return values[i]
	}
	return ""
}

// filterEvent is a network event of the Windows Filtering Platform, as
// netsh wfp show netevents writes it, put together line by line.
type filterEvent struct {
	open   bool
	at     event.Line
	values map[string]string
}

// filterTags are the elements of a network event that matter.
var filterTags = []string{"timeStamp", "type", "failureErrorCode", "failurePoint", "keyingModuleType", "saRole", "mmState", "qmState", "emState",
	"localAddrV4", "remoteAddrV4", "localPrincipalNameForAuth", "remotePrincipalNameForAuth", "mmAuthMethod"}

// filterLine takes a line of the events of the filtering platform.
func (r *reader) filterLine(l *event.Line, text string) ([]event.Event, bool) {
	if strings.HasPrefix(text, "<netEvents") || strings.HasPrefix(text, "</netEvents") || strings.HasPrefix(text, "<wfpdiag") || strings.HasPrefix(text, "</wfpdiag") {
		return nil, true
	}
	if strings.HasPrefix(text, "<item") || strings.HasPrefix(text, "<netEvent>") {
		if !r.filter.open {
			r.filter = filterEvent{open: true, at: *l, values: make(map[string]string)}
		}
		return nil, true
	}
	if !r.filter.open {
		return nil, false
	}
	for _, tag := range filterTags {
		if _, rest, ok := strings.Cut(text, "<"+tag+">"); ok {
			value, _, _ := strings.Cut(rest, "</")
			if r.filter.values[tag] == "" {
				r.filter.values[tag] = clip(strings.TrimSpace(value), 100)
			}
			if tag == "failureErrorCode" {
				r.filter.at.Text, r.filter.at.Number = text, l.Number
			}
		}
	}
	if !strings.Contains(text, "</item>") && !strings.Contains(text, "</netEvent>") {
		return nil, true
	}
	v := r.filter.values
	line := r.filter.at
	if strings.Contains(text, "</netEvent>") || strings.Contains(v["type"], "IKEEXT") {
		r.filter = filterEvent{}
	}
	code := v["failureErrorCode"]
	if code == "" || code == "0" || code == "ERROR_SUCCESS" {
		return nil, true
	}
	line.Stamp = v["timeStamp"]
	e := line.Event(event.Root)
	e.Cause = "windows"
	if known, ok := explain.Windows(code); ok {
		code = known.Code
	}
	setError(&e, code)
	e.Text = strings.Join(strings.Fields(v["type"]+" "+code+" "+v["failurePoint"]+" "+v["keyingModuleType"]+" "+v["mmState"]+v["qmState"]+v["emState"]), " ")
	switch {
	case strings.Contains(v["saRole"], "INITIATOR"):
		e.Side = event.Initiator
	case strings.Contains(v["saRole"], "RESPONDER"):
		e.Side = event.Responder
	}
	switch {
	case strings.Contains(v["keyingModuleType"], "IKEV2"):
		e.Version = 2
	case strings.HasSuffix(v["keyingModuleType"], "_IKE"):
		e.Version = 1
	}
	if strings.Contains(v["failurePoint"], "PEER") {
		e.Set("point", "the other side ended it")
	}
	switch {
	case strings.Contains(v["type"], "QM_FAILURE"):
		e.Phase = event.PhaseChild
	case strings.Contains(v["mmState"], "SA_SENT"), strings.Contains(v["mmState"], "STATE_NONE"):
		e.Phase = event.PhaseInit
	case v["mmState"] != "":
		e.Phase = event.PhaseAuth
	}
	e.Set("local", v["localAddrV4"])
	e.Set("peer", v["remoteAddrV4"])
	e.Key = "wfp " + v["remoteAddrV4"]
	return []event.Event{e}, true
}
