package main

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// merchantCommand is which merchants may be paid, through the hub's API.
type merchantCommand struct {
	hubAccess

	List     merchantListCommand     `cmd:"" help:"Whether merchants may be paid, by wallet; the last changed first."`
	Show     merchantShowCommand     `cmd:"" help:"A registration as the acquirer sent it, and what it has come to."`
	Approve  merchantApproveCommand  `cmd:"" help:"Propose that a registered merchant may be paid."`
	Refuse   merchantRefuseCommand   `cmd:"" help:"Propose that a registered merchant may not be paid."`
	Contract merchantContractCommand `cmd:"" help:"Propose whether an acquirer's merchants must be registered."`
}

type merchantListCommand struct {
	Acquirer string `help:"Only merchants of this acquirer."`
	Status   string `help:"PENDING, REGISTERED or REFUSED; all without."`
	Limit    int    `help:"How many, at most 500." default:"50"`
}

func merchantRows(all []wire.MerchantStatus) ([]string, [][]string) {
	var rows [][]string
	for _, m := range all {
		rows = append(rows, []string{
			m.AcquirerID, m.RequestID, m.MerchantID, cmp.Or(m.StoreID, "-"), m.WalletID, m.Status,
			m.ChangedAt.Format(time.DateTime), cmp.Or(m.Why, "-"),
		})
	}
	return []string{"acquirer", "registration", "merchant", "store", "wallet", "status", "since (UTC)", "why"}, rows
}

// Run implements the command.
func (c merchantListCommand) Run(ctx context.Context, m *merchantCommand) error {
	return show(m.operate(), func(hub *client.Client) (wire.Merchants, error) {
		return hub.Merchants(ctx, c.Acquirer, c.Status, c.Limit)
	}, func(all wire.Merchants) ([]string, [][]string) { return merchantRows(all.Merchants) })
}

// registrationNamed is a registration as the command line names it.
type registrationNamed struct {
	Acquirer string `arg:"" help:"The acquirer's id."`
	Request  string `arg:"" help:"Its registrationRequestId."`
}

type merchantShowCommand struct{ registrationNamed }

// Run implements the command.
func (c merchantShowCommand) Run(ctx context.Context, m *merchantCommand) error {
	return show(m.operate(), func(hub *client.Client) (wire.MerchantFile, error) {
		return hub.Merchant(ctx, c.Acquirer, c.Request)
	}, func(file wire.MerchantFile) ([]string, [][]string) {
		rows := [][]string{{"sent (UTC)", file.RegisteredAt.Format(time.DateTime)}}
		for _, m := range file.Statuses {
			rows = append(rows, []string{m.WalletID, strings.TrimSpace(m.Status + " " + m.Why)})
		}
		return []string{"registration", c.Request}, append(rows, []string{"as sent", string(file.Registration)})
	})
}

type merchantApproveCommand struct {
	registrationNamed
	Wallet string `help:"Only at this wallet."`
}

// Run implements the command.
func (c merchantApproveCommand) Run(ctx context.Context, m *merchantCommand) error {
	return m.decide(ctx, c.registrationNamed, c.Wallet, "REGISTERED", "")
}

type merchantRefuseCommand struct {
	registrationNamed
	Wallet string `help:"Only at this wallet."`
	Why    string `help:"What the acquirer is told." required:""`
}

// Run implements the command.
func (c merchantRefuseCommand) Run(ctx context.Context, m *merchantCommand) error {
	return m.decide(ctx, c.registrationNamed, c.Wallet, "REFUSED", c.Why)
}

func (m *merchantCommand) decide(ctx context.Context, named registrationNamed, wallet, status, why string) error {
	partner := partnerCommand{hubAccess: m.hubAccess}
	return partner.propose(ctx, wire.KindMerchantDecide, wire.MerchantDecision{
		ParticipantID: named.Acquirer, RequestID: named.Request, WalletID: wallet, Status: status, Why: why,
	})
}

type merchantContractCommand struct {
	Acquirer     string `arg:"" help:"The acquirer's id."`
	Registration string `arg:"" help:"NONE, AT_ONCE or REVIEWED." enum:"NONE,AT_ONCE,REVIEWED"`
}

// Run implements the command.
func (c merchantContractCommand) Run(ctx context.Context, m *merchantCommand) error {
	partner := partnerCommand{hubAccess: m.hubAccess}
	return partner.propose(ctx, wire.KindRegistrationSet, wire.RegistrationChange{
		ParticipantID: c.Acquirer, Registration: c.Registration,
	})
}
