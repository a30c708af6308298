package sandbox

import (
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"github.com/causeway-pay/causeway/connectors/alipayplus"
)

// payPath is the wallet's page on which a payer confirms; the payment's request
// id follows.
const payPath = "/pay/"

// sendToPage begins a payment without a customer, who is found on the wallet's
// page.
func (w *wallet) sendToPage(request alipayplus.PayRequest) (any, error) {
	e, err := newEntry(request.PaymentRequestID, "", request.PaymentAmount, request.PayToAmount)
	if err != nil {
		return nil, err
	}
	e.back = request.PaymentRedirectURL
	known, _, err := w.book.begin(e)
	if err != nil {
		return nil, err
	}
	answer := payAnswer(known)
	answer.NormalURL = w.url + payPath + url.PathEscape(known.requestID)
	return answer, nil
}

var payPage = template.Must(template.New("pay").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Sandbox wallet</title></head><body>
<h1>{{.Wallet}}</h1><p>{{.Paid.Value}} {{.Paid.Currency}} (minor units) at the merchant</p>
<p>You pay {{.Owed.Value}} {{.Owed.Currency}} (minor units)</p>
<form method="post">{{range .Customers}}<button name="customer" value="{{.ID}}">{{.ID}} {{.Name}}</button> {{end}}</form>
</body></html>
`))

// pages shows a payment at its address and lets one of the customers pay it;
// then the payer is sent back to the merchant.
func (w *wallet) pages(protocol http.Handler) http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		requestID, ours := strings.CutPrefix(r.URL.Path, payPath)
		if !ours {
			protocol.ServeHTTP(out, r)
			return
		}
		e, known := w.book.find(requestID)
		switch {
		case !known:
			http.NotFound(out, r)
		case r.Method == http.MethodPost:
			w.payByPage(out, r, e)
		default:
			customers, _ := w.book.list()
			out.Header().Set("Content-Type", "text/html; charset=utf-8")
			_ = payPage.Execute(out, map[string]any{ // whoever asked may have gone
				"Wallet": w.config.Participant, "Paid": e.paid, "Owed": e.owes(), "Customers": customers,
			})
		}
	})
}

func (w *wallet) payByPage(out http.ResponseWriter, r *http.Request, e entry) {
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
