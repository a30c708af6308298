package sandbox

import (
	"context"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

var (
	shopPage  = pageOf("shop")
	orderPage = pageOf("order")
)

// shopView is the till: the form of the next order, and the last sales.
type shopView struct {
	frame
	// Order is the id of the next order, so that a form that is sent twice is one.
	Order                     string
	Amount, Currency, Country string
	Shop, City, What          string
	// Code is the payer's, if the shop has scanned one.
	Code  string
	Sales []saleView
}

// saleView is a sale as its merchant sees it.
type saleView struct {
	ID, Shop, What, Amount, At string
	// State is "open", "expired", "paid", "failed" or "closed".
	State, Why string
	Code       string
	Picture    template.HTML
	Until      string
	// Settled is what the merchant's acquirer is owed, Rate at which rate.
	Settled, Rate string
	PaymentID     string
	Refunds       []refundedView
	// Refund is the id of the next refund, Left what it may give back at most, in
	// Currency; both are empty where nothing can be given back.
	Refund, Left, Currency string
}

// refundedView is a refund; Said is empty once the payer has the money.
type refundedView struct{ Amount, Said string }

// shopPages offers the pages of the acquirer's merchants.
func (a *acquirer) shopPages(mux *http.ServeMux) {
	assets(mux)
	mux.Handle("GET /{$}", dressed(func(out http.ResponseWriter, _ *http.Request) {
		a.writeTill(out, http.StatusOK, shopView{
			Shop: "Test Shop", City: "Old Town", What: "Tea", Currency: a.config.Currency, Country: countryOf(a.config.Currency),
		})
	}))
	mux.Handle("POST /orders", dressed(a.sell))
	mux.Handle("GET /orders/{id}", dressed(func(out http.ResponseWriter, r *http.Request) {
		a.writeSale(out, r, http.StatusOK, "")
	}))
	mux.Handle("POST /orders/{id}/cancel", dressed(a.cancelByPage))
	mux.Handle("POST /orders/{id}/refund", dressed(a.refundByPage))
}

// countryOf is the country that a currency is named after (ISO 4217), a first guess of
// where a shop is.
func countryOf(currency string) string {
	if len(currency) < 2 {
		return ""
	}
	return currency[:2]
}

func (a *acquirer) writeTill(out http.ResponseWriter, status int, view shopView) {
	view.Partner, view.Order = a.config.Participant, "POS-"+ids.New().String()
	for _, one := range a.sales.latest(listMost) {
		view.Sales = append(view.Sales, a.saleViewOf(one))
	}
	writePage(out, status, shopPage, view)
}

// sell places an order and shows its code.
func (a *acquirer) sell(out http.ResponseWriter, r *http.Request) {
	field := func(name string) string { return strings.TrimSpace(r.PostFormValue(name)) }
	view := shopView{
		Amount: field("amount"), Currency: strings.ToUpper(field("currency")), Country: strings.ToUpper(field("country")),
		Shop: field("shop"), City: field("city"), What: field("what"),
		Code: strings.ReplaceAll(field("code"), " ", ""),
	}
	id := field("order")
	if _, sold := a.sales.find(id); !sold {
		if id, view.Problem = a.place(r.Context(), id, view); view.Problem != "" {
			a.writeTill(out, http.StatusUnprocessableEntity, view)
			return
		}
	}
	http.Redirect(out, r, "/orders/"+url.PathEscape(id), http.StatusSeeOther)
}

// place asks the switch for an order's code, or to be paid by the payer's, and enters the
// sale. It returns why there is none.
func (a *acquirer) place(ctx context.Context, id string, view shopView) (requestID, problem string) {
	amount, err := money.ParseDecimal(view.Amount, money.Currency(view.Currency))
	if err != nil || !amount.IsPositive() {
		return "", "The amount is a number such as 12.50, with the digits that the currency has."
	}
	outcome := a.pay(ctx, PayOrder{
		RequestID: id, Amount: strconv.FormatInt(amount.Minor, 10), Currency: view.Currency, Code: view.Code,
		MerchantName: view.Shop, MerchantCountry: view.Country, MerchantCity: view.City, Description: view.What,
	})
	one := sale{
		requestID: outcome.RequestID, shop: view.Shop, what: view.What, amount: amount, at: a.clock.Now(),
	}
	answer := outcome.Answer
	switch form := answer.OrderCodeForm; {
	case answer.Result.Status == "S":
		one.notice = &alipayplus.NotifyRequest{
			PaymentResult: &answer.Result, PaymentRequestID: one.requestID, PaymentID: answer.PaymentID,
			SettlementAmount: answer.SettlementAmount, SettlementQuote: answer.SettlementQuote,
		}
	case form != nil && len(form.CodeDetails) > 0:
		one.code, one.until = form.CodeDetails[0].CodeValue, earlier(time.Time{}, form.ExpireTime)
	case answer.Result.Status != "U":
		return "", unsold(outcome)
	}
	a.sales.add(one)
	for _, early := range a.received() { // what was heard before the answer came
		a.sales.hear(early.NotifyRequest)
	}
	return one.requestID, ""
}

func unsold(outcome PayOutcome) string {
	if outcome.Error != "" {
		return "The switch did not answer."
	}
	return told(outcome.Answer.Result)
}

func (a *acquirer) writeSale(out http.ResponseWriter, r *http.Request, status int, problem string) {
	one, known := a.sales.find(r.PathValue("id"))
	if !known {
		http.NotFound(out, r)
		return
	}
	view := a.saleViewOf(one)
	if view.State == "open" && one.code != "" {
		var err error
		if view.Picture, err = drawn(one.code); err != nil {
			http.Error(out, "the code cannot be drawn", http.StatusInternalServerError)
			return
		}
	}
	writePage(out, status, orderPage, struct {
		frame
		Sale saleView
	}{frame{a.config.Participant, problem}, view})
}

// cancelByPage takes an order back; what the payer has paid meanwhile is given back.
func (a *acquirer) cancelByPage(out http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	if _, known := a.sales.find(id); !known {
		http.NotFound(out, r)
		return
	}
	outcome := ask[alipayplus.CancelAnswer](
		r.Context(), a, alipayplus.PathCancelPayment, id, NamedPayment{RequestID: id}.message())
	switch {
	case outcome.Error != "":
		a.writeSale(out, r, http.StatusBadGateway, "The switch did not answer.")
	case outcome.Answer.Result.Status != "S":
		a.writeSale(out, r, http.StatusConflict, told(outcome.Answer.Result))
	default:
		a.sales.change(id, func(one *sale) { one.closed = true })
		http.Redirect(out, r, "/orders/"+url.PathEscape(id), http.StatusSeeOther)
	}
}

// refundByPage gives back all or a part.
func (a *acquirer) refundByPage(out http.ResponseWriter, r *http.Request) {
	one, known := a.sales.find(r.PathValue("id"))
	if !known {
		http.NotFound(out, r)
		return
	}
	amount, err := money.ParseDecimal(strings.TrimSpace(r.PostFormValue("amount")), one.amount.Currency)
	if err != nil || !amount.IsPositive() {
		a.writeSale(out, r, http.StatusUnprocessableEntity, "The amount is a number of at most "+one.left().Decimal()+".")
		return
	}
	outcome, err := a.refund(r.Context(), RefundOrder{
		NamedPayment: NamedPayment{RequestID: one.requestID}, RefundID: r.PostFormValue("refund"),
		Amount: strconv.FormatInt(amount.Minor, 10), Currency: string(amount.Currency),
	})
	switch {
	case err != nil:
		a.writeSale(out, r, http.StatusBadGateway, reason.Of(err).Codes().Text)
	case outcome.Error != "":
		a.writeSale(out, r, http.StatusBadGateway, "The switch did not answer; try the same again.")
	default:
		a.sales.refund(one.requestID, refunded{outcome.RequestID, amount, outcome.Answer.Result})
		http.Redirect(out, r, "/orders/"+url.PathEscape(one.requestID), http.StatusSeeOther)
	}
}

// saleViewOf is a sale as its merchant sees it.
func (a *acquirer) saleViewOf(one sale) saleView {
	view := saleView{
		ID: one.requestID, Shop: one.shop, What: one.what, Amount: written(one.amount), At: one.at.Format(time.RFC3339),
		Code: one.code, State: a.saleState(one), Currency: string(one.amount.Currency),
	}
	if !one.until.IsZero() {
		view.Until = one.until.Format(time.RFC3339)
	}
	if notice := one.notice; notice != nil {
		view.PaymentID, view.Settled = notice.PaymentID, writtenWire(notice.SettlementAmount)
		if quote := notice.SettlementQuote; quote != nil {
			view.Rate = rateWritten(quote.Pair, quote.Price)
		}
		if view.State == "failed" {
			view.Why = told(*notice.PaymentResult)
		}
	}
	for _, back := range one.refunds {
		said := ""
		if back.result.Status != "S" {
			said = told(back.result)
		}
		view.Refunds = append(view.Refunds, refundedView{written(back.amount), said})
	}
	if left := one.left(); view.State == "paid" && left.IsPositive() {
		view.Left, view.Refund = left.Decimal(), one.requestID+"-R"+strconv.Itoa(len(one.refunds)+1)
	}
	return view
}

func (a *acquirer) saleState(one sale) string {
	heard := one.notice != nil && one.notice.PaymentResult != nil
	switch {
	case one.closed:
		return "closed"
	case heard && one.notice.PaymentResult.Status == "S":
		return "paid"
	case heard && one.notice.PaymentResult.Status == "F":
		return "failed"
	case !one.until.IsZero() && !a.clock.Now().Before(one.until):
		return "expired"
	default:
		return "open"
	}
}
