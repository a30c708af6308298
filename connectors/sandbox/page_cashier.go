package sandbox

import (
	"net/http"
	"net/url"

	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/internal/reason"
)

// payPath is the wallet's page on which a payer confirms; the payment's request
// id follows.
const payPath = "/pay/"

// sendToPage begins a payment without a customer, who is found on the wallet's
// page.
func (w *wallet) sendToPage(request alipayplus.PayRequest) (any, error) {
	if request.PaymentRedirectURL == "" {
		return nil, reason.New(reason.InvalidRequest, "sandbox.wallet", "paymentRedirectUrl is missing")
	}
	e, err := newEntry(request.PaymentRequestID, "", request.PaymentAmount, request.PayToAmount)
	if err != nil {
		return nil, err
	}
	e.back = request.PaymentRedirectURL
	known, _, err := w.enter(e, offerOf(request.Order, request.PaymentQuote, request.PaymentExpiryTime))
	if err != nil {
		return nil, err
	}
	answer := payAnswer(known)
	answer.NormalURL = w.url + payPath + url.PathEscape(known.requestID)
	return answer, nil
}

var cashierPage = pageOf("cashier")

// cashierView is a payment whose payer is to be found.
type cashierView struct {
	frame
	Payment   paymentView
	Customers []Customer
}

// pages shows a payment at its address and lets one of the customers pay it;
// then the payer is sent back to the merchant.
func (w *wallet) pages(protocol http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", protocol)
	assets(mux)
	mux.Handle("GET "+payPath+"{id}", dressed(w.askForCustomer))
	mux.Handle("POST "+payPath+"{id}", dressed(w.payByPage))
	return mux
}

// sent returns the payment of a page. One whose payer is known was never sent to any.
func (w *wallet) sent(r *http.Request) (entry, bool) {
	e, known := w.book.find(r.PathValue("id"))
	return e, known && e.back != ""
}

func (w *wallet) askForCustomer(out http.ResponseWriter, r *http.Request) {
	e, known := w.sent(r)
	if !known {
		http.NotFound(out, r)
		return
	}
	customers, _ := w.book.list()
	writePage(out, http.StatusOK, cashierPage, cashierView{
		frame: frame{Partner: w.config.Participant}, Payment: w.viewOf(e), Customers: customers,
	})
}

func (w *wallet) payByPage(out http.ResponseWriter, r *http.Request) {
	e, known := w.sent(r)
	if !known {
		http.NotFound(out, r)
		return
	}
	order := ConfirmOrder{PaymentRequestID: e.requestID, Customer: r.PostFormValue("customer")}
	if _, err := w.confirm(r.Context(), order); err != nil {
		http.Error(out, err.Error(), http.StatusConflict)
		return
	}
	http.Redirect(out, r, e.back, http.StatusSeeOther)
}

// pages is where payers come back to.
func (a *acquirer) pages(protocol http.Handler) http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && r.URL.Path == donePath {
			_, _ = out.Write([]byte("Thank you."))
			return
		}
		protocol.ServeHTTP(out, r)
	})
}
