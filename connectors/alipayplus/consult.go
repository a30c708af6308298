package alipayplus

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

// ConsultRequest is an acquirer's consultPayment: which wallets could pay? The
// value of PaymentAmount may be "0". What the switch has no use for is not read.
type ConsultRequest struct {
	PaymentAmount      *Amount             `json:"paymentAmount"                aps:",required"`
	PaymentFactor      *PaymentFactor      `json:"paymentFactor,omitempty"`
	SettlementStrategy *SettlementStrategy `json:"settlementStrategy,omitempty"`
	UserRegion         string              `json:"userRegion,omitempty"         aps:"2"`
	AllowedPspRegions  []string            `json:"allowedPspRegions,omitempty"  aps:"2"`
}

// ConsultAnswer answers consultPayment.
type ConsultAnswer struct {
	Answer
	Options []PaymentOption `json:"paymentOptions,omitempty"`
}

// PaymentOption is one way to pay: all wallets together are one. Booleans are
// "true" and "false".
type PaymentOption struct {
	Type     string               `json:"paymentMethodType"`
	Category string               `json:"paymentMethodCategory"`
	Enabled  string               `json:"enabled"`
	Detail   *PaymentOptionDetail `json:"paymentOptionDetail,omitempty"`
}

// PaymentOptionDetail says more about an option of its type.
type PaymentOptionDetail struct {
	Type          string         `json:"paymentOptionDetailType"`
	ConnectWallet *ConnectWallet `json:"connectWallet"`
}

// ConnectWallet lists the wallets.
type ConnectWallet struct {
	Wallets []SupportedWallet `json:"supportWallets"`
}

// SupportedWallet is one wallet that could pay.
type SupportedWallet struct {
	Name      string         `json:"walletName"`
	BrandName string         `json:"walletBrandName"`
	Region    string         `json:"walletRegion"`
	Feature   *WalletFeature `json:"walletFeature,omitempty"`
}

// WalletFeature says how a wallet can be reached.
type WalletFeature struct {
	CodeScan           string `json:"supportCodeScan"`
	CashierRedirection string `json:"supportCashierRedirection"`
}

// regionsMost is how many countries a request may list: all that there are.
const regionsMost = 249

func (s *Server) consultPayment(ctx context.Context, call Call) (any, error) {
	var request ConsultRequest
	if err := Decode(call.Body, &request); err != nil {
		return nil, err
	}
	amount, err := request.PaymentAmount.readFrom("paymentAmount", 0)
	if err != nil {
		return nil, err
	}
	if err := checkRegions(request.AllowedPspRegions); err != nil {
		return nil, err
	}
	if request.PaymentFactor != nil {
		if _, err := request.PaymentFactor.mode(); err != nil {
			return nil, err
		}
	}
	if err := request.settles(call.From); err != nil {
		return nil, err
	}
	options, err := s.hub.Consult(ctx, call.From, connectors.ConsultRequest{
		Amount: amount, Regions: request.AllowedPspRegions,
	})
	if err != nil {
		return nil, err
	}
	return consultAnswer(options), nil
}

// settles refuses a settlement currency that a pay would be refused for.
func (r ConsultRequest) settles(from connectors.Participant) error {
	if r.SettlementStrategy == nil || r.SettlementStrategy.Currency == "" {
		return nil
	}
	if money.Currency(r.SettlementStrategy.Currency) != from.Currency {
		return reason.New(reason.UnsupportedCurrency, "alipayplus.consult", "")
	}
	return nil
}

// checkRegions checks allowedPspRegions.
func checkRegions(regions []string) error {
	if len(regions) > regionsMost {
		return illegal("allowedPspRegions", "more than there are countries")
	}
	for _, region := range regions {
		if len(region) != 2 || region[0] < 'A' || region[0] > 'Z' || region[1] < 'A' || region[1] > 'Z' {
			return illegal("allowedPspRegions", "not ISO 3166 alpha-2")
		}
	}
	return nil
}

func consultAnswer(options []connectors.WalletOption) ConsultAnswer {
	wallets := make([]SupportedWallet, len(options))
	for i, option := range options {
		wallets[i] = SupportedWallet{
			Name: option.ID, BrandName: option.Name, Region: option.Country,
			Feature: &WalletFeature{CodeScan: "true", CashierRedirection: "true"},
		}
	}
	return ConsultAnswer{Answer: Answer{ResultOf(reason.None)}, Options: []PaymentOption{{
		Type: methodType, Category: "WALLET", Enabled: "true",
		Detail: &PaymentOptionDetail{Type: methodType, ConnectWallet: &ConnectWallet{wallets}},
	}}}
}

// walletsMost is how many wallets behind a network are read: more than any network has.
const walletsMost = 500

// Consult implements [connectors.Network] by an acquirer's consultPayment. A network
// without that operation says nothing about its wallets.
func (m Member) Consult(
	ctx context.Context, to connectors.Participant, request connectors.ConsultRequest,
) ([]connectors.WalletOption, connectors.Answer) {
	var said ConsultAnswer
	answer := m.client.exchange(ctx, to, PathConsultPayment, ConsultRequest{
		PaymentAmount: amountOf(request.Amount), AllowedPspRegions: request.Regions,
	}, &said)
	if answer.Err != nil {
		return nil, answer
	}
	result := readResult(said.Result)
	if result.kind == reason.UnknownInterface {
		return nil, undecided(answer, reason.Unsupported)
	}
	if answer = settled(answer, result); answer.Decision != connectors.Accepted {
		return nil, answer
	}
	return said.wallets(), answer
}

// wallets are those of an answer that can be named by their network's id and their own: a
// name with a slash in it is a wallet of yet another network, which nobody could ask for.
func (a ConsultAnswer) wallets() (options []connectors.WalletOption) {
	for _, option := range a.Options {
		if option.Enabled == "false" || option.Detail == nil || option.Detail.ConnectWallet == nil {
			continue
		}
		for _, w := range option.Detail.ConnectWallet.Wallets {
			known := slices.ContainsFunc(options, func(o connectors.WalletOption) bool { return o.ID == w.Name })
			unfit := w.Name == "" || strings.Contains(w.Name, "/") || utf8.RuneCountInString(w.Name) > idMost
			if unfit || known || checkRegions([]string{w.Region}) != nil {
				continue
			}
			if len(options) == walletsMost {
				return options
			}
			options = append(options, connectors.WalletOption{
				ID: w.Name, Name: cut(firstOf(w.BrandName, w.Name), nameMost), Country: w.Region,
			})
		}
	}
	return options
}
