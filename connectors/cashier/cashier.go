package cashier

import (
	"bytes"
	"context"
	_ "embed"
	"html/template"
	"log/slog"
	"net/http"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Parse(pageText))

// Limits of a page.
const (
	// tokenMost is more than any token has.
	tokenMost = 64
	// formMost is the size of a form; it holds one wallet's id.
	formMost = 1 << 10
	// answerWithin bounds a request; asking a wallet takes 8 seconds at most.
	answerWithin = 10 * time.Second
	// inFlight bounds the pages served at once, so that payers never take the
	// partners' places.
	inFlight = 256
)

// Page serves the pages of orders.
type Page struct {
	mux    *http.ServeMux
	hub    connectors.Checkout
	logger *slog.Logger
	slots  chan struct{}
}

// New returns the pages of a hub's orders, below prefix ("/cashier/").
func New(hub connectors.Checkout, prefix string, logger *slog.Logger) *Page {
	p := &Page{mux: http.NewServeMux(), hub: hub, logger: logger, slots: make(chan struct{}, inFlight)}
	p.mux.HandleFunc("GET "+prefix+"{token}", p.open)
	p.mux.HandleFunc("POST "+prefix+"{token}", p.choose)
	return p
}

// ServeHTTP implements [http.Handler]. Nothing of a page may be kept, framed, or
// told to the page that follows.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	default:
		http.Error(w, "busy, please try again", http.StatusServiceUnavailable)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), answerWithin)
	defer cancel()
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Content-Security-Policy",
		"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'")
	p.mux.ServeHTTP(w, r.WithContext(ctx))
}

func (p *Page) open(w http.ResponseWriter, r *http.Request) {
	token := r.PathValue("token")
	if len(token) > tokenMost {
		p.fail(w, r, reason.New(reason.NotFound, "cashier.open", ""))
		return
	}
	order, err := p.hub.OpenOrder(r.Context(), token)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	p.show(w, r, order)
}

func (p *Page) choose(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, formMost)
	token, wallet := r.PathValue("token"), r.PostFormValue("wallet")
	if len(token) > tokenMost || wallet == "" {
		p.fail(w, r, reason.New(reason.NotFound, "cashier.choose", ""))
		return
	}
	order, err := p.hub.ChooseWallet(r.Context(), token, wallet)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	p.show(w, r, order)
}

// show sends the payer to where the order goes on: the merchant once it is final,
// the wallet once it has a page; else it shows the order.
func (p *Page) show(w http.ResponseWriter, r *http.Request, order connectors.OpenOrder) {
	switch {
	case final(order.Status):
		http.Redirect(w, r, order.RedirectURL, http.StatusSeeOther)
	case order.WalletURL != "":
		http.Redirect(w, r, order.WalletURL, http.StatusSeeOther)
	default:
		p.write(w, http.StatusOK, view{Order: &order, Amount: order.Amount.Decimal()})
	}
}

func final(status iso20022.Status) bool {
	return status == iso20022.Completed || status == iso20022.Cancelled || status == iso20022.Rejected
}

// view is what the page shows: an order, or why there is none.
type view struct {
	Order   *connectors.OpenOrder
	Amount  string
	Problem string
}

func (p *Page) fail(w http.ResponseWriter, r *http.Request, err error) {
	codes := reason.Of(err).Codes()
	p.logger.LogAttrs(r.Context(), slog.LevelInfo, "order not shown", slog.String("reason", codes.Name))
	p.write(w, codes.HTTP, view{Problem: codes.Text})
}

func (p *Page) write(w http.ResponseWriter, status int, v view) {
	var body bytes.Buffer
	if err := page.Execute(&body, v); err != nil {
		http.Error(w, "the page cannot be shown", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = body.WriteTo(w) // a payer who has gone comes again
}
