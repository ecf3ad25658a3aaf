package logtext

import "testing"

// TestCommand tells what was run in a shell from what a program says.
func TestCommand(t *testing.T) {
	for line, want := range map[string]bool{
		" ipsec addconn --name west-missing-chain rightid=CN=east leftcert=west": true,
		"ipsec up office":                       true,
		"sudo ipsec auto --up office":           true,
		"../../guestbin/up-down.sh office":      true,
		": expired-sa EXPECT NO FAILURE STATES": true,
		"ipsec add: warning: /etc/ipsec.conf:17: obsolete keyword ignored: dpdaction=hold": false,
		"ipsec sa expired": false,
		"ipsec up":         false,
		`: "office" #1: initiating IKEv2 connection`:      false,
		": 05[IKE] received AUTHENTICATION_FAILED notify": false,
	} {
		if got := Command(line); got != want {
			t.Errorf("Command(%q) = %v, want %v", line, got, want)
		}
	}
}
