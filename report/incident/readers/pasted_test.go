package readers

import "testing"

// TestPasted: what a log holds that a shell would run is in no line to paste.
func TestPasted(t *testing.T) {
	saySo(t, []said{
		{name: "a file", log: "09[IKE] XAUTH-SCRIPT failed to execute script '/usr/local/etc/auth.php'.",
			cause: "login-script", side: "responder", say: "ls -l /usr/local/etc/auth.php"},
		{name: "a command", log: "09[IKE] XAUTH-SCRIPT failed to execute script '/x;reboot'.",
			cause: "login-script", side: "responder", notSay: "ls -l /x"},
		{name: "another", log: "09[IKE] XAUTH-SCRIPT failed to execute script '/x$(reboot)'.",
			cause: "login-script", side: "responder", notSay: "ls -l /x"},
	})
}
