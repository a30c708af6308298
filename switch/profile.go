package main

import (
	"errors"
	"net"
	"net/http"
	"net/http/pprof"
	"time"
)

// serveProfiles offers the runtime's profiles, which may hold what is in memory and
// ask for no password: on the loopback alone.
func serveProfiles(address string) (stop func(), err error) {
	host, _, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
		return nil, unusable(errors.New("--pprof: want an address on the loopback, such as 127.0.0.1:6060"))
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: profileHeaderWait}
	go func() { _ = server.Serve(listener) }() // it ends with the server
	return func() { _ = server.Close() }, nil
}

// profileHeaderWait is for people and tools on the same machine.
const profileHeaderWait = 5 * time.Second
