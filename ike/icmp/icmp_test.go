package icmp

import "testing"

func TestErrors(t *testing.T) {
	for _, tt := range []struct {
		e       Error
		meaning Meaning
		words   string
	}{
		{Error{false, 3, 0}, NoRoute, "network unreachable"},
		{Error{false, 3, 1}, NoHost, "host unreachable"},
		{Error{false, 3, 2}, Undelivered, "protocol unreachable"},
		{Error{false, 3, 3}, PortUnreachable, "port unreachable"},
		{Error{false, 3, 4}, TooBig, "fragmentation needed"},
		{Error{false, 3, 9}, AdminProhibited, "administratively prohibited"},
		{Error{false, 3, 10}, AdminProhibited, "administratively prohibited"},
		{Error{false, 3, 13}, AdminProhibited, "administratively prohibited"},
		{Error{false, 3, 14}, Undelivered, "destination unreachable"}, // precedence
		{Error{false, 11, 0}, TimeExceeded, "time exceeded"},
		{Error{false, 11, 1}, Undelivered, "fragment reassembly time exceeded"},
		{Error{false, 0, 0}, NoError, ""}, // echo reply
		{Error{false, 4, 0}, NoError, ""}, // source quench
		{Error{false, 1, 4}, NoError, ""}, // what is an error of ICMPv6
		{Error{true, 1, 0}, NoRoute, "no route to destination"},
		{Error{true, 1, 1}, AdminProhibited, "administratively prohibited"},
		{Error{true, 1, 3}, NoHost, "address unreachable"},
		{Error{true, 1, 4}, PortUnreachable, "port unreachable"},
		{Error{true, 1, 5}, AdminProhibited, "administratively prohibited"},
		{Error{true, 1, 7}, Undelivered, "destination unreachable"},
		{Error{true, 2, 0}, TooBig, "packet too big"},
		{Error{true, 3, 0}, TimeExceeded, "time exceeded"},
		{Error{true, 3, 1}, Undelivered, "fragment reassembly time exceeded"},
		{Error{true, 128, 0}, NoError, ""}, // echo request
		{Error{true, 11, 0}, NoError, ""},
	} {
		if m, words := tt.e.Meaning(), tt.e.String(); m != tt.meaning || words != tt.words {
			t.Errorf("%+v: %d, %q; want %d, %q", tt.e, m, words, tt.meaning, tt.words)
		}
	}
}
