package engine

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/switch/route"
)

// consultLife is how long a network's list of wallets is good: they change by contract, and
// the network decides again about each payment. consultPatience bounds the wait for it, as
// a payer waits for the page.
const (
	consultLife     = time.Minute
	consultPatience = 2 * time.Second
)

// Consult implements [connectors.Hub]. In place of a network stand the wallets behind it.
func (e *Engine) Consult(
	ctx context.Context, from connectors.Participant, request connectors.ConsultRequest,
) ([]connectors.WalletOption, error) {
	const op = "engine.Consult"
	directory := e.Directory()
	acquirer, known := directory.Participant(from.ID)
	if !known || from.Suspended {
		return nil, reason.New(reason.InvalidContract, op, from.ID+" is suspended")
	}
	if request.Amount.Minor < 0 || !request.Amount.Currency.Known() {
		return nil, reason.New(reason.InvalidRequest, op, "amount")
	}
	var found []route.Participant
	refused := reason.New(reason.MethodUnavailable, op, "no wallet")
	for _, wallet := range inOrder(directory, connectors.RoleWallet) {
		if !regionAllowed(request.Regions, wallet) {
			continue
		}
		if _, err := directory.Corridor(wallet, acquirer, request.Amount, e.Clock.Now()); err != nil {
			refused = reason.New(reason.Of(err), op, "")
			continue
		}
		found = append(found, wallet)
	}
	options := e.behindAll(ctx, found, request.Regions)
	if len(options) == 0 {
		return nil, refused
	}
	return options, nil
}

// regionAllowed reports whether a wallet is from one of the countries that an
// acquirer wants its payers from.
func regionAllowed(allowed []string, wallet route.Participant) bool {
	return len(allowed) == 0 || slices.Contains(allowed, wallet.Country)
}

// behindAll are the wallets that were found and are from the countries wanted, of networks
// those behind them, which are asked at once.
func (e *Engine) behindAll(
	ctx context.Context, found []route.Participant, regions []string,
) (options []connectors.WalletOption) {
	lists := make([][]connectors.WalletOption, len(found))
	var asking sync.WaitGroup
	for i, wallet := range found {
		asking.Go(func() { lists[i] = e.behind(ctx, wallet) })
	}
	asking.Wait()
	return slices.DeleteFunc(slices.Concat(lists...), func(option connectors.WalletOption) bool {
		return len(regions) > 0 && !slices.Contains(regions, option.Country)
	})
}

// behind are the wallets that a participant stands for: itself, or what a network last
// said, named by both ids with a slash between. A network that has said nothing yet stands
// for itself, and so it does while somebody else asks it: two networks that are members of
// each other would ask each other for ever.
func (e *Engine) behind(ctx context.Context, wallet route.Participant) []connectors.WalletOption {
	itself := []connectors.WalletOption{{ID: wallet.ID, Name: wallet.Name, Country: wallet.Country}}
	way := e.Networks[wallet.Connector]
	if way == nil {
		return itself
	}
	list, ask := e.networks.begin(wallet.ID, e.Clock.Now())
	if ask {
		calling, cancel := context.WithTimeout(context.WithoutCancel(ctx), consultPatience)
		defer cancel()
		// Any amount: how much may be paid the hub has judged, in the merchant's currency.
		options, answer := way.Consult(calling, wallet.Participant, connectors.ConsultRequest{
			Amount: money.New(0, wallet.Currency),
		})
		list = e.networks.end(wallet.ID, options, answer.Decision)
	}
	if !list.said {
		return itself
	}
	named := make([]connectors.WalletOption, len(list.options))
	for i, option := range list.options {
		named[i] = option
		named[i].ID = wallet.ID + "/" + option.ID
	}
	return named
}

// networkLists are what networks said about the wallets behind them, by their ids.
type networkLists struct {
	mu    sync.Mutex
	lists map[string]networkList // guarded by mu
}

type networkList struct {
	options []connectors.WalletOption
	// said is whether the network has ever answered, asking whether it is being asked.
	said, asking bool
	// due is when it is asked again.
	due time.Time
}

// begin returns what a network last said, and whether the caller is to ask it.
func (n *networkLists) begin(id string, now time.Time) (list networkList, ask bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	list = n.lists[id]
	if list.asking || now.Before(list.due) {
		return list, false
	}
	list.asking, list.due = true, now.Add(consultLife)
	n.lists[id] = list
	return list, true
}

// end notes down what a network said, and returns what stands. A refusal is none of its
// wallets; of silence what it said before is left.
func (n *networkLists) end(id string, options []connectors.WalletOption, decision connectors.Decision) networkList {
	n.mu.Lock()
	defer n.mu.Unlock()
	list := n.lists[id]
	switch decision {
	case connectors.Accepted:
		list.options, list.said = options, true
	case connectors.Declined:
		list.options, list.said = nil, true
	}
	list.asking = false
	n.lists[id] = list
	return list
}
