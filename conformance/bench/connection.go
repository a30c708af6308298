package bench

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"

	"github.com/causeway-pay/causeway/internal/clock"
)

// connection sends requests that are written already over a connection that is
// kept, and reads the answers. A general client would need several times the
// processor time, which on this machine is the hub's.
type connection struct {
	address string
	// patient is how long a connection may take, and an exchange.
	patient time.Duration
	conn    net.Conn
	reader  *bufio.Reader
	body    []byte
}

// reply is what a hub answered.
type reply struct {
	status                    int
	body                      []byte // good until the next exchange
	time, clientID, signature string
}

// answerMost is the largest answer that is read, the protocol's own limit.
const answerMost = 64 << 10

// exchange sends a request and reads its answer. An error closes the connection,
// and the next exchange opens another.
func (c *connection) exchange(request []byte) (reply, error) {
	if c.conn == nil {
		conn, err := net.DialTimeout("tcp", c.address, c.patient)
		if err != nil {
			return reply{}, fmt.Errorf("bench: %w", err)
		}
		c.conn, c.reader = conn, bufio.NewReaderSize(conn, 4<<10)
	}
	answer, closing, err := c.attempt(request)
	if err != nil || closing {
		c.close()
	}
	return answer, err
}

func (c *connection) close() {
	if c.conn != nil {
		_ = c.conn.Close()
		c.conn = nil
	}
}

func (c *connection) attempt(request []byte) (answer reply, closing bool, err error) {
	// A hub that hangs is a failure, and must not hang the load.
	if err := c.conn.SetDeadline(clock.System{}.Now().Add(c.patient)); err != nil {
		return answer, true, fmt.Errorf("bench: %w", err)
	}
	if _, err := c.conn.Write(request); err != nil {
		return answer, true, fmt.Errorf("bench: %w", err)
	}
	length, closing, err := c.head(&answer)
	if err != nil {
		return answer, true, err
	}
	if length < 0 || length > answerMost {
		return answer, true, errors.New("bench: answer without a length, or longer than 64 KiB")
	}
	c.body = append(c.body[:0], make([]byte, length)...)
	if _, err := io.ReadFull(c.reader, c.body); err != nil {
		return answer, true, fmt.Errorf("bench: %w", err)
	}
	answer.body = c.body
	return answer, closing, nil
}

// head reads status line and headers.
func (c *connection) head(answer *reply) (length int, closing bool, err error) {
	line, err := c.line()
	if err != nil {
		return 0, true, err
	}
	_, status, _ := bytes.Cut(line, []byte(" "))
	if len(status) < 3 {
		return 0, true, errors.New("bench: not an HTTP answer")
	}
	if answer.status, err = strconv.Atoi(string(status[:3])); err != nil {
		return 0, true, errors.New("bench: not an HTTP answer")
	}
	length = -1
	for {
		if line, err = c.line(); err != nil {
			return 0, true, err
		}
		if len(line) == 0 {
			return length, closing, nil
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimSpace(value)
		switch string(bytes.ToLower(name)) {
		case "content-length":
			if length, err = strconv.Atoi(string(value)); err != nil {
				return 0, true, errors.New("bench: not a length")
			}
		case "connection":
			closing = bytes.EqualFold(value, []byte("close"))
		case "response-time":
			answer.time = string(value)
		case "client-id":
			answer.clientID = string(value)
		case "signature":
			answer.signature = string(value)
		}
	}
}

func (c *connection) line() ([]byte, error) {
	line, err := c.reader.ReadSlice('\n')
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	return bytes.TrimRight(line, "\r\n"), nil
}
