package eaptls

import (
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"net"
	"sync"

	"github.com/ikescope/ikescope/ike/eap"
)

// Server is the server's side of one dialogue. It is not safe for concurrent use.
type Server struct {
	method eap.Type
	stream *stream
	result chan bool
	first  bool   // no message was sent yet
	out    []byte // of the message that is being sent
	in     []byte // of the message that is being received
	id     uint8
	over   bool
	ok     bool
}

// NewServer returns one that shakes hands as config says, and then has serve, unless
// nil, go on in the connection, in a goroutine of its own. EAP succeeds if serve
// returns nil. [Server.Close] ends the goroutine.
func NewServer(method eap.Type, config *tls.Config, serve func(*tls.Conn) error) *Server {
	s := &Server{method: method, result: make(chan bool, 1), stream: newStream(), first: true}
	go func() {
		conn := tls.Server(s.stream, config)
		err := conn.Handshake()
		switch {
		case err != nil:
		case serve == nil:
			err = errors.New("eaptls: nobody serves")
		default:
			err = serve(conn)
		}
		s.result <- err == nil
		s.stream.finish()
	}()
	return s
}

// Start returns the request that starts TLS.
func (s *Server) Start(id uint8) eap.Packet {
	s.id = id
	return eap.Packet{Code: eap.Request, Identifier: id, Type: s.method, Data: []byte{flagStart}}
}

// Answer returns the packet that follows a response.
func (s *Server) Answer(response eap.Packet) eap.Packet {
	s.id = response.Identifier + 1
	if response.Code != eap.Response || response.Type != s.method || len(response.Data) == 0 {
		return s.fail()
	}
	flags, data := response.Data[0], response.Data[1:]
	if flags&flagLength != 0 {
		if len(data) < 4 {
			return s.fail()
		}
		data = data[4:]
	}
	if len(s.in)+len(data) > maxMessage {
		return s.fail()
	}
	s.in = append(s.in, data...)
	if flags&flagMore != 0 {
		return s.request([]byte{0})
	}
	if len(s.out) == 0 {
		if s.over {
			if s.ok {
				return eap.Packet{Code: eap.Success, Identifier: response.Identifier}
			}
			return s.fail()
		}
		if len(s.in) == 0 {
			return s.fail() // the peer has nothing to say, and neither have we
		}
		s.out = s.stream.step(s.in)
		s.in, s.first = nil, true
		select {
		case s.ok = <-s.result:
			s.over = true
			if len(s.out) == 0 && s.ok {
				return eap.Packet{Code: eap.Success, Identifier: response.Identifier}
			}
			if len(s.out) == 0 {
				return s.fail()
			}
		default:
		}
	}
	return s.next()
}

// next returns the next fragment of what is being sent.
func (s *Server) next() eap.Packet {
	piece := s.out[:min(len(s.out), fragment)]
	data := []byte{0}
	if s.first && len(s.out) > fragment {
		data[0] |= flagLength
		data = binary.BigEndian.AppendUint32(data, uint32(len(s.out)))
	}
	s.out, s.first = s.out[len(piece):], false
	if len(s.out) > 0 {
		data[0] |= flagMore
	}
	return s.request(append(data, piece...))
}

func (s *Server) request(data []byte) eap.Packet {
	return eap.Packet{Code: eap.Request, Identifier: s.id, Type: s.method, Data: data}
}

func (s *Server) fail() eap.Packet {
	s.Close()
	return eap.Packet{Code: eap.Failure, Identifier: s.id - 1}
}

// Close ends the dialogue. It may be called again.
func (s *Server) Close() { s.stream.close() }

// stream is what TLS reads and writes: step puts octets in, and returns when all are
// read and more are awaited, or nothing will be read any more.
type stream struct {
	Conn
	in     chan []byte
	idle   chan struct{}
	closed chan struct{}
	once   sync.Once
	ended  chan struct{}
	buffer []byte
	out    bytes.Buffer
	asked  bool
}

func newStream() *stream {
	return &stream{in: make(chan []byte), idle: make(chan struct{}), closed: make(chan struct{}), ended: make(chan struct{})}
}

func (s *stream) step(in []byte) []byte {
	if !s.asked { // until TLS reads for the first time
		s.asked = true
		s.wait()
	}
	select {
	case s.in <- in:
		s.wait()
	case <-s.ended:
	case <-s.closed:
	}
	out := bytes.Clone(s.out.Bytes())
	s.out.Reset()
	return out
}

func (s *stream) wait() {
	select {
	case <-s.idle:
	case <-s.ended:
	case <-s.closed:
	}
}

func (s *stream) Read(b []byte) (int, error) {
	for len(s.buffer) == 0 {
		select {
		case s.idle <- struct{}{}:
		case <-s.closed:
			return 0, net.ErrClosed
		}
		select {
		case s.buffer = <-s.in:
		case <-s.closed:
			return 0, net.ErrClosed
		}
	}
	n := copy(b, s.buffer)
	s.buffer = s.buffer[n:]
	return n, nil
}

func (s *stream) Write(b []byte) (int, error) {
	select {
	case <-s.closed:
		return 0, net.ErrClosed
	default:
	}
	return s.out.Write(b)
}

func (s *stream) finish() { close(s.ended) }
func (s *stream) close()  { s.once.Do(func() { close(s.closed) }) }
