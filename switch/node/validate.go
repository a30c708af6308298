package node

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"time"

	"github.com/causeway-pay/causeway/internal/keys"
)

// setting is a time under its key in the configuration.
type setting struct {
	key   string
	value time.Duration
}

// notNegative refuses times below zero; zero is the default of each.
func notNegative(settings ...setting) error {
	var problems []error
	for _, s := range settings {
		if s.value < 0 {
			problems = append(problems, fmt.Errorf("%s: want 0 for the default, or more, got %s", s.key, s.value))
		}
	}
	return errors.Join(problems...)
}

// patienceMost is the longest call to a partner: after 15 seconds the clients of those
// who wait for its outcome give up.
const patienceMost = 15 * time.Second

func (t TimingConfig) validate() error {
	problems := []error{notNegative(
		setting{"timing.wallet_patience", t.WalletPatience}, setting{"timing.code_window", t.CodeWindow},
		setting{"timing.order_window", t.OrderWindow}, setting{"timing.debit_window", t.DebitWindow},
		setting{"timing.cancel_grace", t.CancelGrace}, setting{"timing.refund_window", t.RefundWindow},
		setting{"timing.freshness", t.Freshness},
	)}
	if t.WalletPatience > patienceMost {
		problems = append(problems,
			fmt.Errorf("timing.wallet_patience: want at most %s, got %s", patienceMost, t.WalletPatience))
	}
	for _, schedule := range []struct {
		key   string
		waits []time.Duration
	}{
		{"timing.inquiries", t.Inquiries}, {"timing.cancels", t.Cancels}, {"timing.notifications", t.Notifications},
		{"timing.pushes", t.Pushes},
	} {
		for i, wait := range schedule.waits {
			if wait <= 0 {
				problems = append(problems, fmt.Errorf("%s: wait %d is %s, want more than nothing", schedule.key, i+1, wait))
			}
		}
	}
	return errors.Join(problems...)
}

func (c DisputesConfig) validate() error {
	problem := notNegative(
		setting{"disputes.window", c.Window}, setting{"disputes.second_window", c.SecondWindow},
		setting{"disputes.answer_retrieval", c.AnswerRetrieval}, setting{"disputes.answer_escalation", c.AnswerEscalation},
	)
	if c.Retrievals < 0 || c.Escalations < 0 {
		problem = errors.Join(problem, errors.New("disputes: retrievals and escalations: want 0 for the default, or more"))
	}
	return problem
}

func (c ComplianceConfig) validate() error {
	problem := notNegative(setting{"compliance.list_age", c.ListAge})
	// A list that may shrink by all of it may be lost at once.
	if c.ShrinkPercent < 0 || c.ShrinkPercent > 99 {
		problem = errors.Join(problem, fmt.Errorf("compliance.shrink_percent: want 0 to 99, got %d", c.ShrinkPercent))
	}
	if c.GrowPercent < 0 {
		problem = errors.Join(problem, fmt.Errorf("compliance.grow_percent: want 0 or more, got %d", c.GrowPercent))
	}
	return problem
}

// distinct refuses participants and corridors of which only the first would be taken on.
func (c Config) distinct() error {
	var problems []error
	seen := map[string]string{}
	once := func(what, name string) {
		if first, twice := seen[what]; twice {
			problems = append(problems, fmt.Errorf("%s: the same as %s", name, first))
			return
		}
		seen[what] = name
	}
	for i, p := range c.Participants {
		once("participant "+p.ID, fmt.Sprintf("participants[%d].id", i))
		once("client "+p.ClientID, fmt.Sprintf("participants[%d].client_id", i))
	}
	for i, one := range c.Corridors {
		once("corridor "+one.Payer+"-"+one.Merchant, fmt.Sprintf("corridors[%d]", i))
	}
	return errors.Join(problems...)
}

// validateAddress refuses what is no address of the web; none at all is fine.
func validateAddress(key, text string) error {
	if text == "" {
		return nil
	}
	address, err := url.Parse(text)
	if err != nil || address.Scheme != "https" && address.Scheme != "http" || address.Hostname() == "" {
		return fmt.Errorf("%s: want https://host, got %q", key, text)
	}
	return nil
}

// validateKey refuses a file without a public key: no signature would ever fit.
func (p ParticipantConfig) validateKey() error {
	text, err := os.ReadFile(p.PublicKeyFile)
	if err == nil {
		_, err = keys.ParsePublic(string(text))
	}
	return err
}

// openFolders makes the folders that the hub writes into, if they are not there.
func (n *Node) openFolders(context.Context) error {
	for key, path := range map[string]string{
		"reports": n.config.Reports, "settlement.inbox": n.config.Settlement.Inbox,
	} {
		if path == "" {
			continue
		}
		if err := os.MkdirAll(path, 0o750); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	return nil
}
