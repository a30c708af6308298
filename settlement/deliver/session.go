package deliver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// Target is a partner's file server.
type Target struct {
	// Address is host and port.
	Address string
	User    string
	Key     ssh.Signer
	// HostKeys are the keys that the server may have: two while it changes them.
	HostKeys []ssh.PublicKey
	// Root is the directory that the layout of the protocol begins in; empty is the
	// one that the server starts in.
	Root string
}

// What can be wrong with a server or a file on it.
var (
	// ErrHostKey means that the server has a key that was not agreed on: it may be
	// another server.
	ErrHostKey = errors.New("deliver: the server's host key is not one of those agreed")
	// ErrOccupied means that another file has the name, which is never overwritten.
	ErrOccupied = errors.New("deliver: another file has this name on the server")
	// ErrDamaged means that what arrived, or what was to be sent, is not the file
	// that was issued.
	ErrDamaged = errors.New("deliver: the file is not the one that was issued")
)

// dialWait bounds connecting, the handshake included.
const dialWait = 20 * time.Second

// session is a connection to a file server.
type session struct {
	ssh    *ssh.Client
	client *sftp.Client
	root   string
	// forget lets go of the context that would end the connection.
	forget func() bool
}

// dial connects to a server. The connection ends with ctx.
func dial(ctx context.Context, target Target) (*session, error) {
	dialing, cancel := context.WithTimeout(ctx, dialWait)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(dialing, "tcp", target.Address)
	if err != nil {
		return nil, fmt.Errorf("deliver: %w", err)
	}
	patient := context.AfterFunc(dialing, func() { _ = conn.Close() })
	defer patient()
	connection, channels, requests, err := ssh.NewClientConn(conn, target.Address, clientConfig(target))
	if err != nil {
		return nil, fmt.Errorf("deliver: %w", errors.Join(err, closed(conn)))
	}
	s := &session{
		ssh: ssh.NewClient(connection, channels, requests), root: target.Root,
		forget: context.AfterFunc(ctx, func() { _ = conn.Close() }),
	}
	if s.client, err = sftp.NewClient(s.ssh); err != nil {
		s.forget()
		return nil, fmt.Errorf("deliver: %w", errors.Join(err, s.ssh.Close()))
	}
	return s, nil
}

// closed closes a connection that may be closed already.
func closed(conn net.Conn) error {
	if err := conn.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

func clientConfig(target Target) *ssh.ClientConfig {
	return &ssh.ClientConfig{
		User: target.User, Auth: []ssh.AuthMethod{ssh.PublicKeys(target.Key)}, Timeout: dialWait,
		HostKeyAlgorithms: algorithms(target.HostKeys),
		HostKeyCallback: func(_ string, _ net.Addr, key ssh.PublicKey) error {
			if slices.ContainsFunc(target.HostKeys, func(agreed ssh.PublicKey) bool {
				return bytes.Equal(agreed.Marshal(), key.Marshal())
			}) {
				return nil
			}
			return fmt.Errorf("%w: %s", ErrHostKey, ssh.FingerprintSHA256(key))
		},
	}
}

// algorithms are those that the keys sign with, so that a server with several
// keys shows one that is pinned.
func algorithms(keys []ssh.PublicKey) []string {
	var list []string
	for _, key := range keys {
		if key.Type() == ssh.KeyAlgoRSA {
			list = append(list, ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256)
			continue
		}
		list = append(list, key.Type())
	}
	return list
}

func (s *session) close() {
	s.forget()
	_ = s.client.Close()
	_ = s.ssh.Close()
}

// ReadHostKeys reads host keys in the form of a line of known_hosts without its
// names, or of a .pub file: "ssh-ed25519 AAAA...".
func ReadHostKeys(lines []string) ([]ssh.PublicKey, error) {
	if len(lines) == 0 {
		return nil, errors.New("deliver: name the server's host keys")
	}
	var keys []ssh.PublicKey
	for i, line := range lines {
		key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(line))
		if err != nil {
			return nil, fmt.Errorf("deliver: host key %d: %w", i+1, err)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// ReadKey reads the private key that the hub logs in with, in PEM and without a
// passphrase: the file's permissions guard it.
func ReadKey(path string) (ssh.Signer, error) {
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("deliver: %w", err)
	}
	key, err := ssh.ParsePrivateKey(pem)
	if err != nil {
		return nil, fmt.Errorf("deliver: key %s: %w", path, err)
	}
	return key, nil
}
