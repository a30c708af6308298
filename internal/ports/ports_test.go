package ports_test

import (
	"net"
	"strconv"
	"testing"

	"github.com/causeway-pay/causeway/internal/ports"
)

func TestFree(t *testing.T) {
	seen := map[int]int{}
	for range 200 {
		port, err := ports.Free()
		if err != nil {
			t.Fatal(err)
		}
		if port < 12_000 || port >= 32_768 {
			t.Errorf("port %d can be that of an outgoing connection", port)
		}
		seen[port]++
	}
	if len(seen) < 150 {
		t.Errorf("200 ports, only %d different ones", len(seen))
	}
}

func TestAddress(t *testing.T) {
	address, err := ports.Address()
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	host, port, err := net.SplitHostPort(address)
	if n, numeric := strconv.Atoi(port); err != nil || host != "127.0.0.1" || numeric != nil || n < 12_000 {
		t.Error(address)
	}
}
