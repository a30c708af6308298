package api

import (
	"context"
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/api/wire"
	"github.com/causeway-pay/causeway/switch/engine"
)

var missingMessage = reason.New(reason.Missing, "api.message", "")

// messageID reads the id of a message: as every other id, or in 32 digits as ISO
// 20022 messages carry it.
func messageID(text string) (ids.ID, error) {
	if len(text) == 2*len(ids.Nil) {
		var id ids.ID
		if _, err := hex.Decode(id[:], []byte(text)); err != nil || hex.EncodeToString(id[:]) != text {
			return ids.Nil, missingMessage
		}
		return id, nil
	}
	id, err := ids.Parse(text)
	if err != nil || id.String() != text {
		return ids.Nil, missingMessage
	}
	return id, nil
}

// paymentMessages lists the messages of a payment without their bodies.
func (s *server) paymentMessages(c call) (answer, error) {
	id, err := c.id()
	if err != nil {
		return answer{}, err
	}
	var list wire.Messages
	err = s.reading(c, "payment.messages.list", id, nil, func(ctx context.Context, tx db.Tx) error {
		messages, err := engine.MessagesOf(ctx, tx, id)
		if err != nil {
			return err
		}
		if len(messages) == 0 { // a payment has its first message from its first commit on
			return missingMessage
		}
		list.Messages = messagesOf(messages)
		return nil
	})
	return ok(list, err)
}

// paymentMessage returns the body of one message of a payment as it was sent or
// received, by its number or its id.
func (s *server) paymentMessage(c call) (answer, error) {
	id, err := c.id()
	if err != nil {
		return answer{}, err
	}
	wanted := c.PathValue("message")
	number, err := strconv.Atoi(wanted)
	byNumber := err == nil && strconv.Itoa(number) == wanted && len(wanted) < 10
	var which ids.ID
	if !byNumber {
		if which, err = messageID(wanted); err != nil {
			return answer{}, err
		}
	}
	var body []byte
	detail := map[string]string{"message": wanted}
	err = s.reading(c, "payment.message.read", id, detail, func(ctx context.Context, tx db.Tx) error {
		messages, err := engine.MessagesOf(ctx, tx, id)
		if err != nil {
			return err
		}
		for i, m := range messages {
			if byNumber && i+1 == number || !byNumber && m.ID == which {
				body = m.Body
				return nil
			}
		}
		return missingMessage
	})
	return answer{status: http.StatusOK, raw: body, media: mediaBytes}, err
}

// message returns the body of any message on record by its id. Those about
// payments hold personal data, which not everybody who may see settlement
// messages may see.
func (s *server) message(c call) (answer, error) {
	id, err := messageID(c.PathValue("message"))
	if err != nil {
		return answer{}, err
	}
	var found engine.Message
	err = s.reading(c, "message.read", id, nil, func(ctx context.Context, tx db.Tx) error {
		if found, err = engine.OpenMessage(ctx, tx, id); err != nil {
			return err
		}
		if found.PaymentID != ids.Nil && !c.operator.Has(confidant()) {
			return reason.New(reason.AccessDenied, "api.message", "none of your roles may read messages of payments")
		}
		return nil
	})
	if reason.Of(err) == reason.AccessDenied {
		s.refused(c.Context(), c.operator, "GET /v1/messages/{message}")
	}
	return answer{status: http.StatusOK, raw: found.Body, media: mediaBytes}, err
}

// messages finds messages by one of the things that people know about them:
// their UETR, their message id, or the settlement window that they are about.
func (s *server) messages(c call) (answer, error) {
	query, err := c.query("uetr", "id", "window", "participant", "before", "limit")
	if err != nil {
		return answer{}, err
	}
	known := 0
	for _, name := range []string{"uetr", "id", "window"} {
		if query.Has(name) {
			known++
		}
	}
	if known != 1 || !query.Has("window") && (query.Has("participant") || query.Has("before") || query.Has("limit")) {
		return answer{}, malformed("one of uetr, id and window, the last one with participant, before and limit")
	}
	if query.Has("window") {
		return s.windowMessages(c, query)
	}
	wanted := query.Get("uetr") + query.Get("id")
	id, err := messageID(wanted)
	if err != nil {
		return answer{}, err
	}
	var list wire.Messages
	err = s.reading(c, "message.find", id, nil, func(ctx context.Context, tx db.Tx) error {
		messages, err := find(ctx, tx, id, query.Has("uetr"))
		if err != nil {
			return err
		}
		if len(messages) == 0 {
			return missingMessage
		}
		list.Messages = each(messages, messageOf)
		return nil
	})
	return ok(list, err)
}

func find(ctx context.Context, tx db.Tx, id ids.ID, byUETR bool) ([]engine.Message, error) {
	if byUETR {
		return engine.MessagesByUETR(ctx, tx, id)
	}
	message, err := engine.OpenMessage(ctx, tx, id)
	return []engine.Message{message}, err
}

// windowMessages lists one page of a window's messages. The page after it starts
// where before says, which here is how many messages were seen.
func (s *server) windowMessages(c call, query url.Values) (answer, error) {
	id, err := messageID(query.Get("window"))
	if err != nil {
		return answer{}, err
	}
	seen, page, err := counted(query)
	if err != nil {
		return answer{}, err
	}
	participant, err := s.participantIn(query, "participant")
	if err != nil {
		return answer{}, err
	}
	var list wire.Messages
	err = s.reading(c, "window.messages.list", id, nil, func(ctx context.Context, tx db.Tx) error {
		if err := windowKnown(ctx, tx, id); err != nil {
			return err
		}
		messages, err := engine.WindowMessages(ctx, tx, id, participant, seen, page.more())
		if err != nil {
			return err
		}
		list = wire.Messages{Messages: each(messages[:min(page.limit, len(messages))], messageOf)}
		if len(messages) > page.limit {
			list.Next = strconv.Itoa(seen + page.limit)
		}
		return nil
	})
	return ok(list, err)
}
