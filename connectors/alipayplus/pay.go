package alipayplus

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
)

// PayRequest asks for a payment: an acquirer asks the switch, the switch asks a
// wallet. AcquirerID, PspID, PayToAmount and PaymentQuote are in the second
// only.
type PayRequest struct {
	AcquirerID         string              `json:"acquirerId,omitempty"         aps:"64"`
	PspID              string              `json:"pspId,omitempty"              aps:"64"`
	Order              json.RawMessage     `json:"order"                        aps:",required"`
	PaymentRequestID   string              `json:"paymentRequestId"             aps:"64,required"`
	PaymentAmount      *Amount             `json:"paymentAmount"                aps:",required"`
	PayToAmount        *Amount             `json:"payToAmount,omitempty"`
	PaymentQuote       *Quote              `json:"paymentQuote,omitempty"`
	PaymentMethod      *PaymentMethod      `json:"paymentMethod"                aps:",required"`
	PaymentFactor      *PaymentFactor      `json:"paymentFactor"                aps:",required"`
	SettlementStrategy *SettlementStrategy `json:"settlementStrategy,omitempty"`
	PaymentExpiryTime  string              `json:"paymentExpiryTime,omitempty"  aps:"40"`
	PaymentNotifyURL   string              `json:"paymentNotifyUrl,omitempty"   aps:"2048"`
	PaymentRedirectURL string              `json:"paymentRedirectUrl,omitempty" aps:"2048"`
	AllowedPspRegions  []string            `json:"allowedPspRegions,omitempty"  aps:"2"`
}

// SettlementStrategy says in which currency an acquirer wants to be settled.
type SettlementStrategy struct {
	Currency string `json:"settlementCurrency,omitempty" aps:"3"`
}

// PayAnswer answers pay. Time, settlement amount and quote are there only when
// the payment succeeded, the order code and the addresses of the cashier only
// while it is in process. NormalURL and PaymentURL are the same address: editions
// of the protocol differ in its name.
type PayAnswer struct {
	Answer
	AcquirerID       string         `json:"acquirerId,omitempty"`
	PspID            string         `json:"pspId,omitempty"`
	WalletBrandName  string         `json:"walletBrandName,omitempty"`
	PaymentID        string         `json:"paymentId,omitempty"`
	PaymentTime      string         `json:"paymentTime,omitempty"`
	CustomerID       string         `json:"customerId,omitempty"`
	PaymentAmount    *Amount        `json:"paymentAmount,omitempty"`
	SettlementAmount *Amount        `json:"settlementAmount,omitempty"`
	SettlementQuote  *Quote         `json:"settlementQuote,omitempty"`
	MppPaymentID     string         `json:"mppPaymentId,omitempty"`
	OrderCodeForm    *OrderCodeForm `json:"orderCodeForm,omitempty"`
	PaymentURL       string         `json:"paymentUrl,omitempty"`
	NormalURL        string         `json:"normalUrl,omitempty"`
	DeclarableAmount *Amount        `json:"customsDeclarationAmount,omitempty"`
}

// OrderCodeForm is what a merchant shows to be scanned.
type OrderCodeForm struct {
	PaymentMethodType string       `json:"paymentMethodType,omitempty"`
	ExpireTime        string       `json:"expireTime,omitempty"`
	CodeDetails       []CodeDetail `json:"codeDetails"`
}

// CodeDetail is one rendering of an order code.
type CodeDetail struct {
	CodeValueType string `json:"codeValueType"`
	CodeValue     string `json:"codeValue"`
	DisplayType   string `json:"displayType"`
}

// proxyToken is the ISO 20022 proxy type of a payment code
// (ExternalProxyAccountType1Code).
const proxyToken = "TOKN"

func (s *Server) pay(ctx context.Context, call Call) (any, error) {
	var request PayRequest
	if err := Decode(call.Body, &request); err != nil {
		return nil, err
	}
	order, err := request.read(call)
	if err != nil {
		return nil, err
	}
	payment, err := s.hub.Pay(ctx, call.From, order)
	if err != nil {
		return nil, err
	}
	return payAnswer(payment), nil
}

// read turns the request into an order. The checked fields are those that the
// protocol names for pay, with the mode and the settlement currency.
func (r PayRequest) read(call Call) (connectors.Order, error) {
	if r.PaymentMethod.Type != methodType {
		return connectors.Order{}, reason.New(reason.Unsupported, "alipayplus.pay", "")
	}
	mode, err := r.PaymentFactor.mode()
	if err != nil {
		return connectors.Order{}, err
	}
	words := call.words(func(o connectors.Outcome) (any, error) { return payAnswer(o.Payment), nil })
	order, err := r.order(mode, call.From, words)
	if err != nil {
		return order, err
	}
	switch mode {
	case connectors.PaymentCode:
		return order, r.code(&order.Transfer)
	case connectors.AutoDebit:
		return order, r.grant(&order)
	default:
		return order, nil
	}
}

// grant reads the token that is paid with.
func (r PayRequest) grant(order *connectors.Order) error {
	order.Grant = connectors.Grant{Token: r.PaymentMethod.ID, ClientID: r.PaymentMethod.clientID()}
	order.Words.Received = withoutToken(r)
	if order.Grant.Token == "" {
		return illegal("paymentMethod.paymentMethodId", "missing")
	}
	return nil
}

// code reads the payment code that was scanned.
func (r PayRequest) code(transfer *iso20022.CreditTransfer) error {
	code := r.PaymentMethod.ID
	if code == "" {
		return illegal("paymentMethod.paymentMethodId", "missing")
	}
	if !allDigits(code) || len(code) < 16 || len(code) > 32 {
		return reason.New(reason.InvalidCode, "alipayplus.pay", "")
	}
	transfer.DebtorAccount = iso20022.Account{ProxyType: proxyToken, ProxyID: code}
	return nil
}

// order turns the request into an acquirer's order of a mode.
func (r PayRequest) order(
	mode connectors.Mode, acquirer connectors.Participant, words connectors.Words,
) (connectors.Order, error) {
	amount, err := r.PaymentAmount.read("paymentAmount")
	if err != nil {
		return connectors.Order{}, err
	}
	sold, err := readOrder(r.Order)
	if err != nil {
		return connectors.Order{}, err
	}
	if _, err := sold.Amount.read("order.orderAmount"); err != nil {
		return connectors.Order{}, err
	}
	settlement, err := r.settlementCurrency()
	if err != nil {
		return connectors.Order{}, err
	}
	order := connectors.Order{
		RequestID: r.PaymentRequestID, Mode: mode, SettlementCurrency: settlement,
		NotifyURL: r.PaymentNotifyURL, RedirectURL: r.PaymentRedirectURL, AllowedRegions: r.AllowedPspRegions,
		Words: words, StoreID: sold.Merchant.store().ReferenceStoreID,
		CheckedFields: checked("pay", r.PaymentAmount.Currency, r.PaymentAmount.Value, r.PaymentMethod.Type,
			sold.Amount.Currency, sold.Amount.Value, string(mode), string(settlement)),
		Transfer: sold.transfer(r.Order, acquirer),
	}
	order.Transfer.InstructedAmount = amount
	order.Transfer.LocalInstrument = string(mode)
	if err := r.checkMeeting(mode, sold, acquirer); err != nil {
		return connectors.Order{}, err
	}
	return order, r.complete(&order.Transfer, acquirer)
}

// checkMeeting checks what only some modes need: a redirecting one the address to
// which the payer returns, an entry code also where it was opened.
func (r PayRequest) checkMeeting(mode connectors.Mode, sold Order, acquirer connectors.Participant) error {
	if err := checkRegions(r.AllowedPspRegions); err != nil {
		return err
	}
	if mode.Redirects() && r.PaymentRedirectURL == "" {
		return illegal("paymentRedirectUrl", "missing")
	}
	if mode == connectors.EntryCode && (sold.Env == nil || sold.Env.UserAgent == "") {
		return illegal("order.env.userAgent", "missing")
	}
	if mode == connectors.EntryCode && sold.Merchant.Store == nil {
		return illegal("order.merchant.store", "missing")
	}
	return checkAddress("paymentRedirectUrl", r.PaymentRedirectURL, acquirer.Endpoint)
}

// complete reads what only some payments have.
func (r PayRequest) complete(transfer *iso20022.CreditTransfer, acquirer connectors.Participant) error {
	if r.PaymentExpiryTime != "" {
		expires, readable := parseBodyTime(r.PaymentExpiryTime)
		if !readable {
			return illegal("paymentExpiryTime", "not ISO 8601 with an offset")
		}
		transfer.ExpiresAt = expires
	}
	return checkAddress("paymentNotifyUrl", r.PaymentNotifyURL, acquirer.Endpoint)
}

func (r PayRequest) settlementCurrency() (money.Currency, error) {
	if r.SettlementStrategy == nil || r.SettlementStrategy.Currency == "" {
		return "", nil
	}
	currency, err := money.ParseCurrency(r.SettlementStrategy.Currency)
	if err != nil {
		return "", reason.Wrap(reason.UnsupportedCurrency, "alipayplus.pay", err)
	}
	return currency, nil
}

// checkAddress accepts an address that a partner gave and that may be empty: on
// the host of its contract by the same scheme, elsewhere only by HTTPS. Whether
// another host may be reached at all is decided when it is dialled.
func checkAddress(field, text, endpoint string) error {
	if text == "" {
		return nil
	}
	address, err := url.Parse(text)
	if err != nil || address.Host == "" || address.User != nil || address.Fragment != "" {
		return illegal(field, "not an absolute address")
	}
	if !strings.EqualFold(address.Scheme, "https") && !sameOrigin(text, endpoint) {
		return illegal(field, "not HTTPS")
	}
	return nil
}

// sameOrigin reports whether two addresses have the same scheme, host and port.
func sameOrigin(a, b string) bool {
	one, err := url.Parse(a)
	if err != nil {
		return false
	}
	two, err := url.Parse(b)
	if err != nil {
		return false
	}
	return one.Host != "" && strings.EqualFold(one.Scheme, two.Scheme) && strings.EqualFold(one.Host, two.Host)
}

func payAnswer(payment connectors.Payment) PayAnswer {
	kind := outcome(payment.Status, payment.Reason)
	answer := PayAnswer{
		Answer:     Answer{ResultOf(kind)},
		AcquirerID: payment.AcquirerID, PspID: payment.WalletID, WalletBrandName: payment.WalletName,
		PaymentID: idText(payment.ID), CustomerID: payment.PayerReference,
		PaymentAmount: optionalAmount(payment.Transfer.InstructedAmount),
		MppPaymentID:  payment.WalletPaymentID,
	}
	switch {
	case kind == reason.None:
		answer.PaymentTime = formatTime(payment.CompletedAt)
		answer.SettlementAmount = optionalAmount(payment.Transfer.SettlementAmount)
		answer.SettlementQuote = quoteOf(payment.Transfer.Rate, payment.QuoteExpiresAt)
		answer.DeclarableAmount = optionalAmount(payment.Declarable)
	case kind == reason.InProcess && payment.Mode.Redirects():
		answer.PaymentURL, answer.NormalURL = payment.OrderCode, payment.OrderCode
	case kind == reason.InProcess && payment.Mode == connectors.OrderCode:
		answer.OrderCodeForm = orderCodeForm(payment)
	}
	return answer
}

func orderCodeForm(payment connectors.Payment) *OrderCodeForm {
	return &OrderCodeForm{
		PaymentMethodType: methodType,
		ExpireTime:        formatTime(payment.Transfer.ExpiresAt),
		CodeDetails: []CodeDetail{{
			CodeValueType: "QRCODE", CodeValue: payment.OrderCode, DisplayType: "TEXT",
		}},
	}
}
