package flagvalue

import (
	"github.com/ikescope/ikescope/cmd/ikescope/internal/clients"
	"github.com/ikescope/ikescope/proposals/client"
)

// Clients adds the clients of a flag that may be repeated to p.
func Clients(p *[]client.Policy) Value { return clientList{p} }

type clientList struct{ p *[]client.Policy }

func (c clientList) Set(s string) (err error) {
	*c.p, err = clients.Add(*c.p, s)
	return err
}

func (clientList) Type() string   { return "client" }
func (clientList) String() string { return "" }

func (clientList) Choices() []string { return clients.Names() }
