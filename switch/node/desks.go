package node

import (
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/switch/customs"
	"github.com/causeway-pay/causeway/switch/dispute"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/merchant"
)

// DisputesConfig is the scheme's numbers about disputes; zero means the default, see
// switch/dispute.
type DisputesConfig struct {
	Retrievals       int           `koanf:"retrievals"`
	Escalations      int           `koanf:"escalations"`
	Window           time.Duration `koanf:"window"`
	SecondWindow     time.Duration `koanf:"second_window"`
	AnswerRetrieval  time.Duration `koanf:"answer_retrieval"`
	AnswerEscalation time.Duration `koanf:"answer_escalation"`
}

// openDisputes returns the desk of disputes, which [Node.Run] runs.
func (n *Node) openDisputes() *dispute.Desk {
	way, config := n.client.Disputes(), n.config.Disputes
	n.disputes = &dispute.Desk{
		Pool: n.pool, Clock: n.clock, Logger: n.telemetry.Logger(), Region: n.config.Region, Directory: n.directory.Load,
		Payments: n.engine, Notices: n.notices(),
		Wallets:   map[string]connectors.DisputeWallet{alipayplusName: way, networkName: way},
		Acquirers: map[string]connectors.DisputeAcquirer{alipayplusName: way, networkName: way},
		Terms: dispute.Terms{
			Retrievals: config.Retrievals, Escalations: config.Escalations, Window: config.Window,
			SecondWindow: config.SecondWindow, AnswerRetrieval: config.AnswerRetrieval,
			AnswerEscalation: config.AnswerEscalation,
		}.WithDefaults(),
	}
	return n.disputes
}

// openCustoms returns the desk of declarations to customs, which [Node.Run] runs.
func (n *Node) openCustoms() *customs.Desk {
	n.customs = &customs.Desk{
		Pool: n.pool, Clock: n.clock, Logger: n.telemetry.Logger(), Region: n.config.Region, Directory: n.directory.Load,
		Payments: n.engine, Waits: n.notices(),
		Wallets: map[string]connectors.CustomsWallet{
			alipayplusName: n.client.Customs(), networkName: n.client.Member().Customs(),
		},
	}
	return n.customs
}

// notices are the waits between tries to tell a partner something.
func (n *Node) notices() []time.Duration {
	if notices := n.config.Timing.Notifications; len(notices) > 0 {
		return notices
	}
	return engine.NotifySchedule
}

// openMerchants returns the desk of merchants, which [Node.Run] runs.
func (n *Node) openMerchants() *merchant.Desk {
	n.merchants = &merchant.Desk{
		Pool: n.pool, Clock: n.clock, Logger: n.telemetry.Logger(), Region: n.config.Region, Directory: n.directory.Load,
		Listed:    n.engine.MerchantListed,
		Acquirers: map[string]connectors.RegistrationAcquirer{alipayplusName: n.client.Registrations()},
		Notices:   n.notices(),
	}
	return n.merchants
}
