package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

type messagesCommand struct {
	Payment     string `help:"Messages of this payment."                                   xor:"about" required:""`
	UETR        string `help:"Messages with this UETR."                 name:"uetr"        xor:"about" required:""`
	MessageID   string `help:"The message with this id, or this MsgId." name:"message-id"  xor:"about" required:""`
	Window      string `help:"Messages of this settlement window."                         xor:"about" required:""`
	Participant string `help:"Of a window: only messages of this participant."`
	Limit       int    `help:"Of a window: how many, at most 500."                         default:"50"`
	Before      string `help:"Of a window: where the page before ended (its next)."`
}

// Run implements the command.
func (m messagesCommand) Run(ctx context.Context, c *operateCommand) error {
	if m.Window == "" && (m.Participant != "" || m.Before != "") {
		return errors.New("--participant and --before go with --window")
	}
	find := func(hub *client.Client) (wire.Messages, error) {
		filter := client.MessageFilter{UETR: m.UETR, ID: m.MessageID}
		if m.Window != "" {
			filter = client.MessageFilter{
				Window: m.Window, Participant: m.Participant, Page: client.Page{Before: m.Before, Limit: m.Limit},
			}
		}
		return hub.Messages(ctx, filter)
	}
	if m.Payment != "" {
		id, err := ids.Parse(m.Payment)
		if err != nil {
			return fmt.Errorf("%q is not a payment id", m.Payment)
		}
		find = func(hub *client.Client) (wire.Messages, error) { return hub.PaymentMessages(ctx, id) }
	}
	return show(c, find, messageRows, 5)
}

// messageRows lists messages. Those that say the same have the same letter.
func messageRows(all wire.Messages) ([]string, [][]string) {
	letters := map[ids.ID]string{}
	counts := map[ids.ID]int{}
	for _, m := range all.Messages {
		counts[m.PairID]++
	}
	var rows [][]string
	for _, m := range all.Messages {
		if m.PairID != ids.Nil && counts[m.PairID] > 1 && letters[m.PairID] == "" {
			letters[m.PairID] = letter(len(letters))
		}
		rows = append(rows, []string{
			m.ID.String(), m.At.Format("2006-01-02 15:04:05.000"), m.PartnerID, m.Direction, m.Name, fmt.Sprint(m.Bytes),
			letters[m.PairID],
		})
	}
	return []string{"message", "time (UTC)", "partner", "way", "name", "bytes", "same"}, rows
}

// letter names the n-th pair: a to z, then aa, ab and so on.
func letter(n int) string {
	if n < 26 {
		return string(rune('a' + n))
	}
	return letter(n/26-1) + letter(n%26)
}

type messageCommand struct {
	ID string `arg:"" help:"The message's id, or the MsgId that it carries."`
}

// Run implements the command: the bytes and nothing else, so that they can be
// piped into another tool.
func (m messageCommand) Run(ctx context.Context, c *operateCommand) error {
	hub, err := c.client()
	if err != nil {
		return err
	}
	body, err := hub.Message(ctx, m.ID)
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(body)
	return err
}
