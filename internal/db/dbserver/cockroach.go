package dbserver

import (
	"context"
	"errors"
	"path/filepath"
)

// startCockroach runs a single node. It listens on the loopback address only
// and has no users or certificates; that is what --insecure means.
func startCockroach(ctx context.Context, binary string, options Options) (*Server, error) {
	p, err := prepare(options.Dir, Cockroach, false)
	if err != nil {
		return nil, err
	}
	server, err := launchCockroach(ctx, p, binary, options)
	if err != nil {
		err = errors.Join(err, p.discard())
	}
	return server, err
}

func launchCockroach(ctx context.Context, p place, binary string, options Options) (*Server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	child, err := launch{
		program:   binary,
		arguments: nodeArguments(p.dir, port, options.Durable),
		dir:       p.dir,
		log:       p.log(),
		remove:    p.removable(),
	}.start()
	if err != nil {
		return nil, err
	}
	server := &Server{
		url:  "postgres://root@127.0.0.1:" + port + "/" + role + "?sslmode=disable",
		kind: Cockroach, child: child,
	}
	if err := server.ready(ctx, "defaultdb"); err != nil {
		said := p.lastWords()
		return nil, errors.Join(err, child.stop(), said)
	}
	return server, nil
}

// nodeArguments keeps what need not last in memory.
func nodeArguments(dir, port string, durable bool) []string {
	store := "--store=" + filepath.Join(dir, "store")
	if !durable {
		store = "--store=type=mem,size=1GiB"
	}
	return []string{
		"start-single-node", "--insecure", "--listen-addr=127.0.0.1:" + port, "--http-addr=127.0.0.1:0", store,
	}
}
