package sandbox

import (
	"bytes"
	"html/template"
	"image/png"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	qr "github.com/piglig/go-qr"

	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/connectors/emvqr"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

var (
	walletPage  = pageOf("wallet")
	paymentPage = pageOf("payment")
	codePage    = pageOf("code")
)

// walletView is the wallet of one customer.
type walletView struct {
	frame
	Customers []Customer
	Customer  Customer
	Balance   string
	// Code and Amount are what was typed; AskAmount is whether the code states none.
	Code, Amount string
	AskAmount    bool
	Payments     []paymentView
}

// paymentView is a payment as its payer sees it.
type paymentView struct {
	ID, Customer         string
	Merchant, City, What string
	// Paid is what the merchant gets, Owed what the payer pays.
	Paid, Owed string
	// Rate is empty where no money is exchanged.
	Rate string
	// Until is when an offer ends, or empty.
	Until string
	// State is "open", "expired", "paid", "failed" or "closed".
	State   string
	Why     string
	Receipt string
	At      string
	Refunds []refundView
	// Left is what the payer has paid in the end; empty without refunds.
	Left string
}

type refundView struct{ ID, Owed, At string }

// walletPages offers the pages of the wallet's customers.
func (w *wallet) walletPages(mux *http.ServeMux) {
	assets(mux)
	mux.Handle("GET /{$}", dressed(w.home))
	mux.Handle("POST /scan", dressed(w.scanByPage))
	mux.Handle("POST /code", dressed(w.showCode))
	mux.Handle("POST /read", http.HandlerFunc(readPicture))
	mux.Handle("GET /payments/{id}", dressed(w.showPayment))
	mux.Handle("POST /payments/{id}", dressed(w.confirmByPage))
}

func (w *wallet) home(out http.ResponseWriter, r *http.Request) {
	w.writeHome(out, r.FormValue("customer"), walletView{})
}

// writeHome writes the page of a customer; that of the first one if there is none of
// the name.
func (w *wallet) writeHome(out http.ResponseWriter, customer string, view walletView) {
	view.Partner = w.config.Participant
	view.Customers, _ = w.book.list()
	i := slices.IndexFunc(view.Customers, func(c Customer) bool { return c.ID == customer })
	if len(view.Customers) > 0 {
		view.Customer = view.Customers[max(i, 0)]
	}
	view.Balance = written(money.New(view.Customer.Balance, w.book.currency))
	for _, e := range w.book.paymentsOf(view.Customer.ID, listMost) {
		view.Payments = append(view.Payments, w.viewOf(e))
	}
	status := http.StatusOK
	if view.Problem != "" {
		status = http.StatusUnprocessableEntity
	}
	writePage(out, status, walletPage, view)
}

// scanByPage asks the switch what a code stands for, and shows the offer.
func (w *wallet) scanByPage(out http.ResponseWriter, r *http.Request) {
	order := ScanOrder{CodeValue: strings.TrimSpace(r.PostFormValue("code")), Customer: r.PostFormValue("customer")}
	view := walletView{Code: order.CodeValue, Amount: strings.TrimSpace(r.PostFormValue("amount"))}
	currency, open := openAmount(order.CodeValue)
	view.AskAmount = open
	switch amount, err := money.ParseDecimal(view.Amount, currency); {
	case order.CodeValue == "":
		view.Problem = "There is no code yet: scan or type the merchant's."
	case open && (err != nil || !amount.IsPositive()):
		view.Problem = "This code states no amount: type it in " + string(currency) + "."
	case open:
		order.Amount = writeAmount(amount)
	}
	if view.Problem == "" {
		scan, err := w.scan(r.Context(), order)
		if err == nil && scan.Shown.Result.Status == "S" {
			http.Redirect(out, r, "/payments/"+url.PathEscape(scan.Shown.PaymentRequestID), http.StatusSeeOther)
			return
		}
		view.Problem = problem(scan.Shown.Result, err)
	}
	w.writeHome(out, order.Customer, view)
}

// showCode fetches a payment code, which a merchant scans from the page.
func (w *wallet) showCode(out http.ResponseWriter, r *http.Request) {
	customer := r.PostFormValue("customer")
	fetched, err := w.codes(r.Context(), CodeOrder{Customer: customer})
	if err != nil || len(fetched.Codes) != 1 {
		w.writeHome(out, customer, walletView{frame: frame{Problem: problem(fetched.Result, err)}})
		return
	}
	code := fetched.Codes[0]
	picture, err := drawn(code.PaymentCode)
	if err != nil {
		http.Error(out, "the code cannot be drawn", http.StatusInternalServerError)
		return
	}
	writePage(out, http.StatusOK, codePage, struct {
		frame
		Customer, Code, Until string
		Picture               template.HTML
	}{frame{Partner: w.config.Participant}, customer, code.PaymentCode, code.ExpiresAt, picture})
}

// problem is what a person is told of a result that is no success, or of an error.
func problem(result alipayplus.Result, err error) string {
	if err != nil {
		return reason.Of(err).Codes().Text
	}
	return told(result)
}

// openAmount is the currency in which the payer of a code is to type the amount, if
// the code is one that states none.
func openAmount(code string) (money.Currency, bool) {
	read, err := emvqr.Parse(code)
	if err != nil || read.Form != emvqr.MerchantForm {
		return "", false
	}
	if _, stated, err := read.Merchant.Amount(); stated || err != nil {
		return "", false
	}
	return read.Merchant.Currency()
}

// The limits of a picture: the script sends what it sees of a camera, 480 points a
// side.
const (
	pictureMost     = 1 << 20
	pictureSideMost = 1024
)

// readPicture answers with the text of the code in a PNG, with no content where there
// is none.
func readPicture(out http.ResponseWriter, r *http.Request) {
	data, err := io.ReadAll(http.MaxBytesReader(out, r.Body, pictureMost))
	if err != nil {
		http.Error(out, "the picture is too large", http.StatusRequestEntityTooLarge)
		return
	}
	text, found := codeIn(data)
	if !found {
		out.WriteHeader(http.StatusNoContent)
		return
	}
	out.Header().Set("Content-Type", "text/plain; charset=utf-8")
	out.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = io.WriteString(out, text) // whoever asked may have gone
}

// showPayment shows an offer, or the receipt.
func (w *wallet) showPayment(out http.ResponseWriter, r *http.Request) {
	w.writePayment(out, r, http.StatusOK, "")
}

func (w *wallet) writePayment(out http.ResponseWriter, r *http.Request, status int, problem string) {
	e, known := w.book.find(r.PathValue("id"))
	if !known {
		http.NotFound(out, r)
		return
	}
	writePage(out, status, paymentPage, struct {
		frame
		Payment paymentView
	}{frame{w.config.Participant, problem}, w.viewOf(e)})
}

// confirmByPage pays an offer that has not ended: nobody pays a price that is gone.
func (w *wallet) confirmByPage(out http.ResponseWriter, r *http.Request) {
	e, known := w.book.find(r.PathValue("id"))
	if known && w.viewOf(e).State == "open" {
		if _, err := w.confirm(r.Context(), ConfirmOrder{PaymentRequestID: e.requestID}); err != nil {
			w.writePayment(out, r, http.StatusConflict, reason.Of(err).Codes().Text)
			return
		}
	}
	http.Redirect(out, r, r.URL.Path, http.StatusSeeOther)
}

// viewOf is a payment as its payer sees it.
func (w *wallet) viewOf(e entry) paymentView {
	view := paymentView{
		ID: e.requestID, Customer: e.customer, Receipt: e.paymentID, Paid: writtenWire(&e.paid), Owed: written(e.owed),
		Merchant: orDefault(e.offer.merchant, "Merchant"), City: e.offer.city, What: e.offer.what, At: e.time(),
		State: w.stateOf(e), Rate: rateWritten(e.offer.pair, e.offer.price),
	}
	if !e.offer.until.IsZero() {
		view.Until = e.offer.until.Format(time.RFC3339)
	}
	if e.state == stateFailed {
		view.Why = e.why.Codes().Text
	}
	for id, back := range e.refunds {
		view.Refunds = append(view.Refunds, refundView{id, written(back.owed), back.at.Format(time.RFC3339)})
	}
	slices.SortFunc(view.Refunds, func(x, y refundView) int { return strings.Compare(x.At+x.ID, y.At+y.ID) })
	if e.refunded > 0 {
		view.Left = written(money.New(e.owed.Minor-e.refunded, e.owed.Currency))
	}
	return view
}

func (w *wallet) stateOf(e entry) string {
	switch {
	case e.state == statePaid:
		return "paid"
	case e.state == stateFailed:
		return "failed"
	case e.state == stateClosed:
		return "closed"
	case !e.offer.until.IsZero() && !w.clock.Now().Before(e.offer.until):
		return "expired"
	default:
		return "open"
	}
}

// codeIn reads the code in a PNG of at most [pictureSideMost] points a side.
func codeIn(data []byte) (text string, found bool) {
	size, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil || size.Width > pictureSideMost || size.Height > pictureSideMost {
		return "", false
	}
	picture, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return "", false
	}
	text, err = qr.Decode(picture)
	return text, err == nil && len(text) <= emvqr.SizeMax
}
