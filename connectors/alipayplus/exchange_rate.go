package alipayplus

import (
	"context"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
)

// RateRequest is a wallet's inquiryForeignExchangeQuote. The wallet's currency is
// one of the two, whichever the wallet thinks of as sold. AcquirerID and
// PaymentAmount are an extension: with both the quote is firm.
type RateRequest struct {
	SellCurrency  string         `json:"sellCurrency"            aps:"3,required"`
	BuyCurrency   string         `json:"buyCurrency"             aps:"3,required"`
	PaymentFactor *PaymentFactor `json:"paymentFactor,omitempty"`
	AcquirerID    string         `json:"acquirerId,omitempty"    aps:"64"`
	PaymentAmount *Amount        `json:"paymentAmount,omitempty"`
}

// RateAnswer answers inquiryForeignExchangeQuote. A quote without an id is an
// indication.
type RateAnswer struct {
	Answer
	Quote *Quote `json:"foreignExchangeQuote,omitempty"`
}

func (s *Server) inquiryForeignExchangeQuote(ctx context.Context, call Call) (any, error) {
	var request RateRequest
	if err := Decode(call.Body, &request); err != nil {
		return nil, err
	}
	asked, err := request.read(call.From)
	if err != nil {
		return nil, err
	}
	quote, err := s.hub.Price(ctx, call.From, asked)
	if err != nil {
		return nil, err
	}
	rate := &iso20022.AgreedRate{Rate: quote.Rate, QuotedAt: quote.QuotedAt, QuoteID: iso20022.UETR(quote.ID)}
	return RateAnswer{Answer: Answer{ResultOf(reason.None)}, Quote: quoteOf(rate, quote.ExpiresAt)}, nil
}

func (r RateRequest) read(from connectors.Participant) (connectors.PriceRequest, error) {
	request := connectors.PriceRequest{Mode: connectors.OrderCode}
	for _, side := range []struct {
		field, text string
		into        *money.Currency
	}{{"sellCurrency", r.SellCurrency, &request.Sell}, {"buyCurrency", r.BuyCurrency, &request.Buy}} {
		currency, err := money.ParseCurrency(side.text)
		if err != nil {
			return request, reason.New(reason.UnsupportedCurrency, "alipayplus.decode", side.field)
		}
		*side.into = currency
	}
	if request.Buy == from.Currency {
		request.Sell, request.Buy = request.Buy, request.Sell
	}
	if r.PaymentFactor != nil {
		mode, err := r.PaymentFactor.mode()
		if err != nil {
			return request, err
		}
		request.Mode = mode
	}
	if r.AcquirerID == "" || r.PaymentAmount == nil {
		return request, nil
	}
	request.AcquirerID = r.AcquirerID
	var err error
	request.Amount, err = r.PaymentAmount.read("paymentAmount")
	return request, err
}

// readQuoteID reads the id of a firm quote; nothing is none.
func readQuoteID(text string) (ids.ID, error) {
	if text == "" {
		return ids.Nil, nil
	}
	id, err := ids.Parse(text)
	if err != nil {
		return ids.Nil, reason.New(reason.QuoteUnknown, "alipayplus.quote", "")
	}
	return id, nil
}
