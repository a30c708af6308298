package sandbox

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
)

// AgreeOrder lets a customer consent to an agreement that was prepared.
type AgreeOrder struct {
	AuthClientID         string `json:"authClientId"`
	ReferenceAgreementID string `json:"referenceAgreementId"`
	Customer             string `json:"customer"`
	// LifeMillis is how long tokens are good; 0 means an hour.
	LifeMillis int `json:"lifeMillis,omitempty"`
}

// Agreed is the consent, and whether the switch confirmed that it heard of it.
type Agreed struct {
	AuthCode    string `json:"authCode"`
	NotifyError string `json:"notifyError,omitempty"`
}

// UnbindOrder lets a customer end an agreement.
type UnbindOrder struct {
	AccessToken string `json:"accessToken"`
}

// PrepareOrder asks for a consent.
type PrepareOrder = alipayplus.PrepareRequest

// TokenOrder exchanges a code or a refresh token.
type TokenOrder = alipayplus.TokenRequest

// RevokeOrder ends an agreement.
type RevokeOrder = alipayplus.RevokeRequest

// The outcomes of an acquirer's operations about agreements.
type (
	// PrepareOutcome is the outcome of prepare.
	PrepareOutcome = Outcome[alipayplus.PrepareAnswer]
	// TokenOutcome is the outcome of applyToken.
	TokenOutcome = Outcome[alipayplus.TokenAnswer]
	// RevokeOutcome is the outcome of cancelToken.
	RevokeOutcome = Outcome[alipayplus.Answer]
)

// consent is an agreement in the wallet's book.
type consent struct {
	prepared alipayplus.PrepareRequest
	customer string
	code     string
	life     time.Duration
	// tokens are the last that were issued; ended closes them.
	tokens alipayplus.TokenAnswer
	ended  bool
}

// consents are a wallet's agreements. It is safe for concurrent use.
type consents struct {
	mu  sync.Mutex
	all []*consent
}

// find returns the first consent that a test likes; the caller must not hold the
// lock, and what is returned is a copy.
func (c *consents) find(is func(*consent) bool) (consent, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, one := range c.all {
		if is(one) {
			return *one, true
		}
	}
	return consent{}, false
}

// change changes the first consent that a test likes and returns it.
func (c *consents) change(is func(*consent) bool, to func(*consent)) (consent, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, one := range c.all {
		if is(one) {
			to(one)
			return *one, nil
		}
	}
	return consent{}, reason.New(reason.InvalidToken, "sandbox.consents", "")
}

func (c *consents) add(prepared alipayplus.PrepareRequest) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, one := range c.all {
		if one.is(prepared.AuthClientID, prepared.ReferenceAgreementID) {
			return
		}
	}
	c.all = append(c.all, &consent{prepared: prepared})
}

func (c *consent) is(clientID, referenceID string) bool {
	return c.prepared.AuthClientID == clientID && c.prepared.ReferenceAgreementID == referenceID
}

// holds reports whether a token is the one that was issued last. Before the first there
// is none.
func (c *consent) holds(token string) bool { return token != "" && c.tokens.AccessToken == token }

// holder returns the customer behind an access token.
func (w *wallet) holder(token string) (string, error) {
	found, known := w.consents.find(func(c *consent) bool { return c.holds(token) })
	if !known || found.ended {
		return "", reason.New(reason.InvalidToken, "sandbox.wallet", "")
	}
	return found.customer, nil
}

func (w *wallet) prepare(body []byte) (any, error) {
	var request alipayplus.PrepareRequest
	if err := alipayplus.Decode(body, &request); err != nil {
		return nil, err
	}
	w.consents.add(request)
	return alipayplus.PrepareAnswer{
		Answer:  alipayplus.Answer{Result: alipayplus.ResultOf(reason.None)},
		AuthURL: w.url + "/agree/" + request.ReferenceAgreementID,
	}, nil
}

func (w *wallet) applyToken(body []byte) (any, error) {
	var request alipayplus.TokenRequest
	if err := alipayplus.Decode(body, &request); err != nil {
		return nil, err
	}
	now := w.clock.Now()
	issued, err := w.consents.change(func(c *consent) bool {
		byCode := request.AuthCode != "" && c.code == request.AuthCode
		byRefresh := request.RefreshToken != "" && c.tokens.RefreshToken == request.RefreshToken
		return !c.ended && (byCode || byRefresh)
	}, func(c *consent) {
		if request.RefreshToken == "" && c.tokens.AccessToken != "" {
			return // the same code gives the same tokens
		}
		ends := now.Add(c.life).UTC().Format(time.RFC3339Nano)
		c.tokens = alipayplus.TokenAnswer{
			AccessToken: "WT-" + ids.New().String(), AccessTokenExpiryTime: ends,
			RefreshToken: "WR-" + ids.New().String(), RefreshTokenExpiryTime: ends, CustomerID: c.customer,
		}
	})
	if err != nil {
		return nil, err
	}
	issued.tokens.Result = alipayplus.ResultOf(reason.None)
	return issued.tokens, nil
}

func (w *wallet) cancelToken(body []byte) (any, error) {
	var request alipayplus.RevokeRequest
	if err := alipayplus.Decode(body, &request); err != nil {
		return nil, err
	}
	_, err := w.consents.change(func(c *consent) bool { return c.holds(request.AccessToken) },
		func(c *consent) { c.ended = true })
	return alipayplus.Answer{Result: alipayplus.ResultOf(reason.Of(err))}, nil
}

func (w *wallet) agree(ctx context.Context, order AgreeOrder) (Agreed, error) {
	if _, err := w.book.customer(order.Customer); err != nil {
		return Agreed{}, err
	}
	given, err := w.consents.change(
		func(c *consent) bool { return !c.ended && c.is(order.AuthClientID, order.ReferenceAgreementID) },
		func(c *consent) {
			c.customer, c.life = order.Customer, time.Hour
			if order.LifeMillis != 0 {
				c.life = time.Duration(order.LifeMillis) * time.Millisecond
			}
			if c.code == "" {
				c.code = "WC-" + ids.New().String()
			}
		})
	if err != nil {
		return Agreed{}, err
	}
	agreed := Agreed{AuthCode: given.code}
	err = w.tell(ctx, alipayplus.AuthNotice{
		Type: "AUTHCODE_CREATED", AcquirerID: given.prepared.AcquirerID, AuthClientID: order.AuthClientID,
		ReferenceAgreementID: order.ReferenceAgreementID, AuthCode: given.code, AuthState: given.prepared.AuthState,
	})
	if err != nil {
		agreed.NotifyError = err.Error()
	}
	return agreed, nil
}

func (w *wallet) unbind(ctx context.Context, order UnbindOrder) (Agreed, error) {
	_, err := w.consents.change(func(c *consent) bool { return c.holds(order.AccessToken) },
		func(c *consent) { c.ended = true })
	if err != nil {
		return Agreed{}, err
	}
	told := Agreed{}
	err = w.tell(ctx, alipayplus.AuthNotice{Type: "TOKEN_CANCELED", AccessToken: order.AccessToken})
	if err != nil {
		told.NotifyError = err.Error()
	}
	return told, nil
}

func (w *wallet) tell(ctx context.Context, notice alipayplus.AuthNotice) error {
	var answer alipayplus.Answer
	if err := w.call(ctx, alipayplus.PathAuthNotify, notice, &answer); err != nil {
		return err
	}
	if answer.Result.Status != "S" {
		return reason.New(reason.FromAPS(answer.Result.Code), "sandbox.authNotify", "")
	}
	return nil
}

// agreementControl offers what customers do about agreements.
func (w *wallet) agreementControl(mux *http.ServeMux) {
	mux.Handle("POST /control/agree", handle(w.agree))
	mux.Handle("POST /control/unbind", handle(w.unbind))
}

// agreementControl offers what merchants do about agreements.
func (a *acquirer) agreementControl(mux *http.ServeMux) {
	mux.Handle("POST /control/prepare", handle(func(ctx context.Context, order PrepareOrder) (PrepareOutcome, error) {
		return ask[alipayplus.PrepareAnswer](ctx, a, alipayplus.PathPrepare, "", order), nil
	}))
	mux.Handle("POST /control/token", handle(func(ctx context.Context, order TokenOrder) (TokenOutcome, error) {
		return ask[alipayplus.TokenAnswer](ctx, a, alipayplus.PathApplyToken, "", order), nil
	}))
	mux.Handle("POST /control/revoke", handle(func(ctx context.Context, order RevokeOrder) (RevokeOutcome, error) {
		return ask[alipayplus.Answer](ctx, a, alipayplus.PathCancelToken, "", order), nil
	}))
	mux.Handle("GET /control/consents", show(func() any {
		a.mu.Lock()
		defer a.mu.Unlock()
		return append([]alipayplus.AuthNotice{}, a.consented...)
	}))
}

func (a *acquirer) authNotified(body []byte) (any, error) {
	var notice alipayplus.AuthNotice
	if err := alipayplus.Decode(body, &notice); err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.consented = append(a.consented, notice)
	return alipayplus.Answer{Result: alipayplus.ResultOf(reason.None)}, nil
}

// Agree lets a customer consent (wallet).
func (c *Control) Agree(ctx context.Context, order AgreeOrder) (Agreed, error) {
	return post[Agreed](ctx, c, "agree", order)
}

// Unbind lets a customer end an agreement (wallet).
func (c *Control) Unbind(ctx context.Context, order UnbindOrder) (Agreed, error) {
	return post[Agreed](ctx, c, "unbind", order)
}

// Prepare asks for a consent (acquirer).
func (c *Control) Prepare(ctx context.Context, order PrepareOrder) (PrepareOutcome, error) {
	return post[PrepareOutcome](ctx, c, "prepare", order)
}

// Token exchanges a code or a refresh token (acquirer).
func (c *Control) Token(ctx context.Context, order TokenOrder) (TokenOutcome, error) {
	return post[TokenOutcome](ctx, c, "token", order)
}

// Revoke ends an agreement (acquirer).
func (c *Control) Revoke(ctx context.Context, order RevokeOrder) (RevokeOutcome, error) {
	return post[RevokeOutcome](ctx, c, "revoke", order)
}

// Consents lists what the acquirer was told about agreements (acquirer).
func (c *Control) Consents(ctx context.Context) ([]alipayplus.AuthNotice, error) {
	return get[[]alipayplus.AuthNotice](ctx, c, "consents")
}
