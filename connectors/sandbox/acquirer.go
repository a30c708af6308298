package sandbox

import (
	"context"
	"encoding/json"
	"slices"
	"sync"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/internal/reason"
)

// Notification is a notifyPayment that an acquirer received.
type Notification struct {
	alipayplus.NotifyRequest
	// Confirmed is whether it was answered with S.
	Confirmed bool `json:"confirmed"`
}

// acquirer is the merchant's side.
type acquirer struct {
	*partner
	orders orders
	sales  sales

	mu            sync.Mutex
	refuse        int                     // guarded by mu
	notifications []Notification          // guarded by mu
	consented     []alipayplus.AuthNotice // guarded by mu
}

// serve answers what an acquirer is asked. It takes notifications at every other
// path, since an acquirer chooses their address itself.
func (a *acquirer) serve(ctx context.Context, call alipayplus.Call) any {
	var answer any
	var err error
	switch call.Path {
	case alipayplus.PathUserInitiatedPay:
		answer, err = a.ownOrder(call.Body)
	case alipayplus.PathPush:
		answer, err = a.takePush(ctx, call.Body)
	case alipayplus.PathInquiryPush:
		answer, err = a.inquirePush(call.Body)
	case alipayplus.PathAuthNotify:
		answer, err = a.authNotified(call.Body)
	default:
		if answer, taken := a.notices.take(call, a.clock.Now()); taken {
			return answer
		}
		return a.notified(call)
	}
	if err != nil {
		return refuse(err)
	}
	return answer
}

func (a *acquirer) notified(call alipayplus.Call) any {
	var notification Notification
	if err := alipayplus.Decode(call.Body, &notification.NotifyRequest); err != nil {
		return refuse(err)
	}
	a.sales.hear(notification.NotifyRequest)
	a.mu.Lock()
	defer a.mu.Unlock()
	notification.Confirmed = a.refuse == 0
	a.refuse = max(0, a.refuse-1)
	a.notifications = append(a.notifications, notification)
	if !notification.Confirmed {
		return alipayplus.Answer{Result: alipayplus.ResultOf(reason.Unknown)}
	}
	return alipayplus.Answer{Result: alipayplus.ResultOf(reason.None)}
}

func (a *acquirer) received() []Notification {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.notifications)
}

// PayOrder asks an acquirer to take a payment. Amount is digits of minor units.
// What is empty gets a plain default: a fresh request id, mode PaymentCode with
// a code and OrderCode without, a shop in Tokyo.
type PayOrder struct {
	RequestID string `json:"requestId,omitempty"`
	// Mode is one of connectors.Modes.
	Mode               string `json:"mode,omitempty"`
	Code               string `json:"code,omitempty"`
	Amount             string `json:"amount"`
	Currency           string `json:"currency"`
	MerchantID         string `json:"merchantId,omitempty"`
	MerchantName       string `json:"merchantName,omitempty"`
	MerchantCity       string `json:"merchantCity,omitempty"`
	MerchantCountry    string `json:"merchantCountry,omitempty"`
	MCC                string `json:"mcc,omitempty"`
	Description        string `json:"description,omitempty"`
	BuyerName          string `json:"buyerName,omitempty"`
	SettlementCurrency string `json:"settlementCurrency,omitempty"`
	// ExpiresInSeconds is the payment's time limit; 0 leaves it to the switch.
	ExpiresInSeconds int `json:"expiresInSeconds,omitempty"`
	// NotifyURL is where the result is wanted; empty means the contract's.
	NotifyURL string `json:"notifyUrl,omitempty"`
	// RedirectURL is where the payer returns to; empty means a page of the
	// acquirer's own.
	RedirectURL string `json:"redirectUrl,omitempty"`
	// AllowedRegions are the countries whose wallets may pay; none means all.
	AllowedRegions []string `json:"allowedRegions,omitempty"`
	// Token is the access token of an agreement, AuthClientID whose it is.
	Token        string `json:"token,omitempty"`
	AuthClientID string `json:"authClientId,omitempty"`
}

// donePath is the acquirer's page that payers return to.
const donePath = "/done"

func (o PayOrder) mode() connectors.Mode {
	switch {
	case o.Mode != "":
		return connectors.Mode(o.Mode)
	case o.Token != "":
		return connectors.AutoDebit
	case o.Code != "":
		return connectors.PaymentCode
	default:
		return connectors.OrderCode
	}
}

func orDefault(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// order writes the order object of the protocol.
func (o PayOrder) order() (json.RawMessage, error) {
	address := &alipayplus.Address{
		Region: orDefault(o.MerchantCountry, "JP"), City: orDefault(o.MerchantCity, "Tokyo"),
	}
	order := alipayplus.Order{
		ReferenceOrderID: o.RequestID, Description: orDefault(o.Description, "Coffee"),
		Amount: &alipayplus.Amount{Currency: o.Currency, Value: o.Amount},
		Merchant: &alipayplus.Merchant{
			ReferenceMerchantID: orDefault(o.MerchantID, "M-1"), Name: orDefault(o.MerchantName, "Test Shop"),
			MCC: orDefault(o.MCC, "5814"), Address: address,
			Store: &alipayplus.Store{ReferenceStoreID: "S-1", Name: orDefault(o.MerchantName, "Test Shop"), Address: address},
		},
	}
	if o.mode() == connectors.EntryCode {
		order.Env = &alipayplus.Env{UserAgent: "Mozilla/5.0 AlipayConnect"}
	}
	if o.BuyerName != "" {
		order.Buyer = &alipayplus.Buyer{Name: &alipayplus.UserName{Full: o.BuyerName}}
	}
	return alipayplus.Encode(order)
}

// request writes the pay message.
func (a *acquirer) request(o PayOrder) (alipayplus.PayRequest, error) {
	order, err := o.order()
	if err != nil {
		return alipayplus.PayRequest{}, err
	}
	request := alipayplus.PayRequest{
		Order: order, PaymentRequestID: o.RequestID, PaymentNotifyURL: o.NotifyURL,
		PaymentAmount:     &alipayplus.Amount{Currency: o.Currency, Value: o.Amount},
		PaymentMethod:     &alipayplus.PaymentMethod{Type: "CONNECT_WALLET", ID: o.Code},
		PaymentFactor:     alipayplus.FactorOf(o.mode()),
		AllowedPspRegions: o.AllowedRegions,
	}
	if o.Token != "" {
		request.PaymentMethod.ID = o.Token
		request.PaymentMethod.MetaData = &alipayplus.MethodMetaData{AuthClientID: o.AuthClientID}
	}
	if o.mode().Redirects() {
		request.PaymentRedirectURL = orDefault(o.RedirectURL, a.url+donePath)
	}
	if o.SettlementCurrency != "" {
		request.SettlementStrategy = &alipayplus.SettlementStrategy{Currency: o.SettlementCurrency}
	}
	if o.ExpiresInSeconds > 0 {
		request.PaymentExpiryTime = a.inSeconds(o.ExpiresInSeconds)
	}
	return request, nil
}
