package sandbox

import (
	"net"
	"net/url"
	"os"

	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

// The roles of a sandbox partner.
const (
	RoleWallet   = "wallet"
	RoleAcquirer = "acquirer"
)

// Config describes one partner.
type Config struct {
	// Role is "wallet" or "acquirer".
	Role string `koanf:"role" json:"role"`
	// Participant is the partner's id in the switch; it names the partner's
	// keys too.
	Participant string `koanf:"participant" json:"participant"`
	// ClientID is sent by the partner, and by the switch to it.
	ClientID string `koanf:"client_id" json:"clientId"`
	// HubURL is the base address of the switch.
	HubURL string `koanf:"hub_url" json:"hubUrl"`
	// Listen is the address of the partner's side, such as "127.0.0.1:9101";
	// port 0 takes a free one.
	Listen string `koanf:"listen" json:"listen"`
	// Control is the address of the control interface. It must be on the
	// loopback unless ControlAnywhere is set, since it asks for no password.
	Control         string `koanf:"control"          json:"control"`
	ControlAnywhere bool   `koanf:"control_anywhere" json:"controlAnywhere"`
	// KeyDirectory holds the partner's keys; a missing key is generated.
	KeyDirectory string `koanf:"key_directory" json:"keyDirectory"`
	// HubKey is the switch's public key, PKIX PEM or base64; HubKeyFile names a
	// file that holds it. HubKeyVersion is 1 unless set.
	HubKey        string `koanf:"hub_key"         json:"hubKey"`
	HubKeyFile    string `koanf:"hub_key_file"    json:"hubKeyFile"`
	HubKeyVersion int    `koanf:"hub_key_version" json:"hubKeyVersion"`
	// HubKeyDirectory holds the switch's public keys, named hub.VERSION.pub. It is
	// looked at again for each message, so that a rotation needs no restart. With it
	// the three above are not used.
	HubKeyDirectory string `koanf:"hub_key_directory" json:"hubKeyDirectory"`
	// KeyAnnounceMillis is how long a new key of the partner's own lies in
	// KeyDirectory before it signs.
	KeyAnnounceMillis int `koanf:"key_announce_millis" json:"keyAnnounceMillis"`
	// Currency is the wallet currency, in which customers' balances are.
	Currency  string     `koanf:"currency"  json:"currency"`
	Customers []Customer `koanf:"customers" json:"customers"`
	// RefuseNotifications is how many notifications an acquirer refuses before
	// it confirms any.
	RefuseNotifications int `koanf:"refuse_notifications" json:"refuseNotifications"`
}

// Customer is a payer of a wallet.
type Customer struct {
	ID   string `koanf:"id"   json:"id"`
	Name string `koanf:"name" json:"name"`
	// Balance is in minor units of the wallet currency.
	Balance int64 `koanf:"balance" json:"balance"`
	// Behaviour is Approve unless set.
	Behaviour Behaviour `koanf:"behaviour" json:"behaviour"`
	// DelayMillis is how long Slow and Later take.
	DelayMillis int `koanf:"delay_millis" json:"delayMillis"`
}

// Behaviour is what a wallet does when it is asked to debit a customer.
type Behaviour string

// The behaviours.
const (
	// Approve debits and says yes, if the balance covers the amount.
	Approve Behaviour = "approve"
	// Decline refuses for lack of balance, whatever the balance is.
	Decline Behaviour = "decline"
	// Silent never answers a pay and does not debit.
	Silent Behaviour = "silent"
	// SilentDebited debits and never answers the pay.
	SilentDebited Behaviour = "silent-debited"
	// Slow is Approve after the delay.
	Slow Behaviour = "slow"
	// Later answers that the payment is in process, debits after the delay and
	// notifies.
	Later Behaviour = "later"
	// Lies debits and says yes, then says no when it is asked again.
	Lies Behaviour = "lies"
	// Duplicates is Approve with every notification sent twice.
	Duplicates Behaviour = "duplicates"
)

func (b Behaviour) known() bool {
	switch b {
	case Approve, Decline, Silent, SilentDebited, Slow, Later, Lies, Duplicates:
		return true
	default:
		return false
	}
}

// invalid is the refusal of a configuration.
func invalid(what string) error {
	return reason.New(reason.InvalidRequest, "sandbox.Config", what)
}

// check completes the configuration with its defaults and refuses what cannot
// work.
func (c Config) check() (Config, error) {
	hub, err := url.Parse(c.HubURL)
	switch {
	case c.Role != RoleWallet && c.Role != RoleAcquirer:
		return c, invalid("role is neither wallet nor acquirer")
	case c.Participant == "" || c.ClientID == "" || c.KeyDirectory == "":
		return c, invalid("participant, client_id and key_directory are needed")
	case err != nil || hub.Host == "":
		return c, invalid("hub_url is not an address")
	case !c.ControlAnywhere && !onLoopback(c.Control):
		return c, invalid("control is not on the loopback")
	}
	if c.HubKeyFile != "" {
		text, err := os.ReadFile(c.HubKeyFile)
		if err != nil {
			return c, reason.Wrap(reason.InvalidRequest, "sandbox.Config", err)
		}
		c.HubKey = string(text)
	}
	if _, err := keys.ParsePublic(c.HubKey); err != nil && c.HubKeyDirectory == "" {
		return c, reason.Wrap(reason.InvalidRequest, "sandbox.Config", err)
	}
	if c.HubKeyVersion == 0 {
		c.HubKeyVersion = 1
	}
	return c, c.checkCustomers()
}

func (c Config) checkCustomers() error {
	if c.Role == RoleWallet && !money.Currency(c.Currency).Known() {
		return invalid("currency is not known")
	}
	seen := make(map[string]bool, len(c.Customers))
	for i := range c.Customers {
		customer := c.Customers[i]
		if customer.ID == "" || seen[customer.ID] || customer.Balance < 0 {
			return invalid("a customer has no id, an id twice, or a negative balance")
		}
		if customer.Behaviour != "" && !customer.Behaviour.known() {
			return invalid("a customer has a behaviour that does not exist")
		}
		seen[customer.ID] = true
	}
	return nil
}

func onLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}
