//go:build linux

package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike"
	packets "github.com/ikescope/ikescope/ike/eap" // eap is a scene of the lab
	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/proposals"
)

// TestLoginSignals: a process that is told to end, in the middle of EAP or while it stays
// logged in, leaves no IKE SA at the gateway.
func TestLoginSignals(t *testing.T) {
	root := newAuthority(t, "root", nil)
	dir := t.TempDir()
	root.write(t, dir, "root")
	key := newKey(t, "P-256")
	cert := root.issue(t, key, []string{"vpn.example.com"}, nil)
	products, err := proposals.ParseProducts("aes256gcm16-prfsha384-ecp384")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		signal syscall.Signal
		stays  bool // it is logged in, with --watch-rekey
	}{
		{syscall.SIGINT, false}, {syscall.SIGTERM, false}, {syscall.SIGHUP, false}, {syscall.SIGTERM, true},
	} {
		t.Run(fmt.Sprint(tt.signal, " stays ", tt.stays), func(t *testing.T) {
			t.Parallel()
			reached := make(chan struct{})
			var once sync.Once
			told := make(chan struct{}) // the signal was sent
			gateway := &iketest.Responder{
				Profile: iketest.StrongSwan, Policy: []ike.Proposal{products[0].Proposal(1)},
				Connections: []iketest.Connection{{
					IDType: ike.ID_FQDN, ID: "vpn.example.com", Certificates: [][]byte{cert}, Key: key,
					AsksIdentity: true, Methods: []packets.Type{packets.MSCHAPv2},
					Login: &iketest.Login{Users: map[string]string{"carol": "Ar3etTnp"}},
				}},
			}
			if !tt.stays {
				// The answer to the EAP identity comes when the signal is there.
				gateway.Connections[0].Converse = func(_, out packets.Packet) []byte {
					once.Do(func() { close(reached) })
					<-told
					return out.Append(nil)
				}
			}
			var ports []string
			var conns [2]net.PacketConn
			for i := range conns {
				conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
				if err != nil {
					t.Fatal(err)
				}
				conns[i] = conn
				ports = append(ports, fmt.Sprint(conn.LocalAddr().(*net.UDPAddr).Port))
			}
			var served sync.WaitGroup
			served.Go(func() {
				if err := gateway.Serve(conns[0], conns[1]); err != nil {
					t.Error(err)
				}
			})
			defer served.Wait()
			defer conns[0].Close()
			defer conns[1].Close()

			args := []string{"login", "-q", "--trust", filepath.Join(dir, "root.pem"), "127.0.0.1:" + strings.Join(ports, "+")}
			if tt.stays {
				args = append(args, "--watch-rekey")
			}
			login := exec.Command("ikescope", args...)
			login.Env = append(os.Environ(), "IKESCOPE_METHOD=eap-mschapv2", "IKESCOPE_USER=carol", "IKESCOPE_PASSWORD=Ar3etTnp",
				"IKESCOPE_REMOTE_IDENTITY=vpn.example.com", "GORACE=atexit_sleep_ms=0")
			var out strings.Builder
			login.Stdout, login.Stderr = &out, &out
			if err := login.Start(); err != nil {
				t.Fatal(err)
			}
			ended := make(chan struct{})
			go func() {
				login.Wait()
				close(ended)
			}()
			over := func() bool {
				select {
				case <-ended:
					return true
				default:
					return false
				}
			}
			if tt.stays {
				for gateway.Stats().Logins == 0 && !over() {
					time.Sleep(time.Millisecond)
				}
			} else {
				select {
				case <-reached:
				case <-ended:
				}
			}
			early := over()
			login.Process.Signal(tt.signal) // fails where it is over
			close(told)
			<-ended
			if early {
				t.Fatalf("the login ended by itself\n%s", &out)
			}
			stats := gateway.Stats()
			if left := stats.HalfOpen + stats.Established; left > 0 || stats.Closed == 0 || strings.Contains(out.String(), "Ar3etTnp") {
				t.Errorf("%d IKE SAs are left, %d were ended\n%s", left, stats.Closed, &out)
			}
			if tt.stays && !strings.Contains(out.String(), "logged in, and out again") {
				t.Errorf("it does not say that it logged out\n%s", &out)
			}
		})
	}
}
