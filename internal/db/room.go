package db

import (
	"slices"

	"github.com/jackc/pgx/v5"
)

// How much memory a connection keeps for what it sends: what a batch of the lane needs, the
// parameters of one statement and the messages of all. What is larger gets memory of its
// own.
const (
	parametersRoom = 256 << 10
	messagesRoom   = 512 << 10
)

// room is memory in which a connection puts together what it sends. The driver would begin
// with a small buffer each time and let it grow by a quarter again and again, which makes
// several times as much garbage as is sent.
//
// What is in it is in use only until more is put together: the driver has copied the
// parameters of a statement into its messages before it begins with those of the next, and
// has written the messages before those of the next round trip.
type room struct {
	buffer []byte
	size   int
}

// grow returns a buffer with place for so many bytes more: what is small and its own moves
// into the room.
func (r *room) grow(buffer []byte, more int) []byte {
	if more <= cap(buffer)-len(buffer) || len(buffer)+more > r.size {
		return slices.Grow(buffer, more)
	}
	return append(r.empty(), buffer...)
}

func (r *room) empty() []byte {
	if r.buffer == nil {
		r.buffer = make([]byte, 0, r.size)
	}
	return r.buffer[:0]
}

// messages is a room in the form of a message of no bytes, which makes the driver put those
// behind it there.
type messages struct{ room }

// messagesKey is under which a connection keeps its room for messages.
const messagesKey = "causeway.messages"

// makeRoom gives a connection room for the messages of a round trip that is to be sent.
func makeRoom(connection *pgx.Conn) {
	kept := connection.PgConn().CustomData()
	m, known := kept[messagesKey].(*messages)
	if !known {
		m = &messages{room{size: messagesRoom}}
		kept[messagesKey] = m
	}
	connection.PgConn().Frontend().Send(m)
}

// Encode implements [pgproto3.Message].
func (m *messages) Encode(sent []byte) ([]byte, error) { return append(m.empty(), sent...), nil }

// Decode implements [pgproto3.Message].
func (*messages) Decode([]byte) error { return nil }

// Frontend implements [pgproto3.FrontendMessage].
func (*messages) Frontend() {}
