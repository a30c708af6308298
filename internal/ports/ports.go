// Package ports finds ports of the loopback for servers that come back on the same
// address after a restart.
package ports

import (
	"crypto/rand"
	"errors"
	"math/big"
	"net"
	"strconv"
)

// Ports are taken from a range below those that systems give to outgoing
// connections (from 32768 on Linux): there, a connection of anybody could hold the
// port while its server is down.
const (
	lowest  = 12_000
	highest = 31_999
	// attempts is how many ports are tried; far fewer are ever taken.
	attempts = 100
)

// errNone means that all the ports that were tried are taken.
var errNone = errors.New("ports: no free port of the loopback was found")

// Free returns a port of 127.0.0.1 at which nothing listened a moment ago, chosen
// at random, so that two who ask at once hardly get the same.
func Free() (int, error) {
	for range attempts {
		offset, err := rand.Int(rand.Reader, big.NewInt(highest-lowest+1))
		if err != nil {
			return 0, err
		}
		port := lowest + int(offset.Int64())
		listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			continue
		}
		return port, listener.Close()
	}
	return 0, errNone
}

// Address is [Free] as an address to listen on.
func Address() (string, error) {
	port, err := Free()
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), err
}
