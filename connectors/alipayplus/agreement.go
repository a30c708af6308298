package alipayplus

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
)

// PrepareRequest is prepare, from an acquirer to the switch and from there to the
// wallet. PspID says which wallet.
type PrepareRequest struct {
	AcquirerID           string   `json:"acquirerId,omitempty"      aps:"64"`
	PspID                string   `json:"pspId"                     aps:"64,required"`
	AuthClientID         string   `json:"authClientId"              aps:"64,required"`
	ReferenceAgreementID string   `json:"referenceAgreementId"      aps:"64,required"`
	AuthRedirectURL      string   `json:"authRedirectUrl,omitempty" aps:"2048"`
	AuthState            string   `json:"authState,omitempty"       aps:"256"`
	Scopes               []string `json:"scopes,omitempty"          aps:"64"`
	TerminalType         string   `json:"terminalType,omitempty"    aps:"16"`
}

// PrepareAnswer answers prepare: where the payer agrees, under both of its names.
type PrepareAnswer struct {
	Answer
	AuthURL   string `json:"authUrl,omitempty"   aps:"2048"`
	NormalURL string `json:"normalUrl,omitempty" aps:"2048"`
}

// The values of grantType.
const (
	grantCode    = "AUTHORIZATION_CODE"
	grantRefresh = "REFRESH_TOKEN"
)

// tokenMost is the length of a token, in characters.
const tokenMost = 128

// TokenRequest is applyToken, from an acquirer to the switch and from there to
// the wallet.
type TokenRequest struct {
	AuthClientID string `json:"authClientId"           aps:"64,required"`
	GrantType    string `json:"grantType"              aps:"32,required"`
	AuthCode     string `json:"authCode,omitempty"     aps:"128"`
	RefreshToken string `json:"refreshToken,omitempty" aps:"128"`
}

// TokenAnswer answers applyToken.
type TokenAnswer struct {
	Answer
	AccessToken            string `json:"accessToken,omitempty"            aps:"128"`
	AccessTokenExpiryTime  string `json:"accessTokenExpiryTime,omitempty"  aps:"40"`
	RefreshToken           string `json:"refreshToken,omitempty"           aps:"128"`
	RefreshTokenExpiryTime string `json:"refreshTokenExpiryTime,omitempty" aps:"40"`
	CustomerID             string `json:"customerId,omitempty"             aps:"64"`
}

// RevokeRequest is cancelToken in both directions, and consultUnbinding towards a
// wallet.
type RevokeRequest struct {
	AccessToken  string `json:"accessToken"            aps:"128,required"`
	AuthClientID string `json:"authClientId,omitempty" aps:"64"`
}

// AuthNotice is authNotify, from a wallet to the switch and from there to the
// acquirer.
type AuthNotice struct {
	Type                   string `json:"authorizationNotifyType"          aps:"32,required"`
	AcquirerID             string `json:"acquirerId,omitempty"             aps:"64"`
	PspID                  string `json:"pspId,omitempty"                  aps:"64"`
	AuthClientID           string `json:"authClientId,omitempty"           aps:"64"`
	ReferenceAgreementID   string `json:"referenceAgreementId,omitempty"   aps:"64"`
	AuthCode               string `json:"authCode,omitempty"               aps:"128"`
	AuthCodeExpiryTime     string `json:"authCodeExpiryTime,omitempty"     aps:"40"`
	AuthState              string `json:"authState,omitempty"              aps:"256"`
	AccessToken            string `json:"accessToken,omitempty"            aps:"128"`
	AccessTokenExpiryTime  string `json:"accessTokenExpiryTime,omitempty"  aps:"40"`
	RefreshToken           string `json:"refreshToken,omitempty"           aps:"128"`
	RefreshTokenExpiryTime string `json:"refreshTokenExpiryTime,omitempty" aps:"40"`
	CustomerID             string `json:"customerId,omitempty"             aps:"64"`
}

// authEvents are the values of authorizationNotifyType.
var authEvents = map[string]connectors.AgreementEvent{
	"AUTHCODE_CREATED": connectors.CodeCreated, "TOKEN_CREATED": connectors.TokenCreated,
	"TOKEN_CANCELED": connectors.TokenCancelled,
}

func (s *Server) prepare(ctx context.Context, call Call) (any, error) {
	var request PrepareRequest
	if err := Decode(call.Body, &request); err != nil {
		return nil, err
	}
	if err := checkAddress("authRedirectUrl", request.AuthRedirectURL, call.From.Endpoint); err != nil {
		return nil, err
	}
	address, err := s.agreements.Prepare(ctx, call.From, connectors.PrepareRequest{
		WalletID: request.PspID, ClientID: request.AuthClientID, ReferenceID: request.ReferenceAgreementID,
		RedirectURL: request.AuthRedirectURL, State: request.AuthState, Scopes: request.Scopes,
		TerminalType:  request.TerminalType,
		CheckedFields: checked("prepare", request.PspID, request.AuthRedirectURL, strings.Join(request.Scopes, " ")),
	})
	if err != nil {
		return nil, err
	}
	return PrepareAnswer{Answer: Answer{ResultOf(reason.None)}, AuthURL: address, NormalURL: address}, nil
}

func (s *Server) applyToken(ctx context.Context, call Call) (any, error) {
	var request TokenRequest
	if err := Decode(call.Body, &request); err != nil {
		return nil, err
	}
	asked := connectors.TokenRequest{ClientID: request.AuthClientID}
	switch {
	case request.GrantType == grantCode && request.AuthCode != "":
		asked.Code = request.AuthCode
	case request.GrantType == grantRefresh && request.RefreshToken != "":
		asked.RefreshToken = request.RefreshToken
	default:
		return nil, illegal("grantType", "unknown, or what is granted is missing")
	}
	tokens, err := s.agreements.Apply(ctx, call.From, asked)
	if err != nil {
		return nil, err
	}
	return tokenAnswer(tokens), nil
}

func tokenAnswer(tokens connectors.Tokens) TokenAnswer {
	return TokenAnswer{
		Answer: Answer{ResultOf(reason.None)}, AccessToken: tokens.Access, RefreshToken: tokens.Refresh,
		AccessTokenExpiryTime:  formatTime(tokens.AccessExpiresAt),
		RefreshTokenExpiryTime: formatTime(tokens.RefreshExpiresAt), CustomerID: tokens.PayerReference,
	}
}

func (s *Server) cancelToken(ctx context.Context, call Call) (any, error) {
	var request RevokeRequest
	if err := Decode(call.Body, &request); err != nil {
		return nil, err
	}
	grant := connectors.Grant{Token: request.AccessToken, ClientID: request.AuthClientID}
	if err := s.agreements.Revoke(ctx, call.From, grant); err != nil {
		return nil, err
	}
	return Answer{ResultOf(reason.None)}, nil
}

func (s *Server) authNotify(ctx context.Context, call Call) (any, error) {
	var said AuthNotice
	if err := Decode(call.Body, &said); err != nil {
		return nil, err
	}
	notice, err := said.read()
	if err != nil {
		return nil, err
	}
	if err := s.agreements.Told(ctx, call.From, notice); err != nil {
		return nil, err
	}
	return received(), nil
}

func (a AuthNotice) read() (connectors.AgreementNotice, error) {
	event, known := authEvents[a.Type]
	notice := connectors.AgreementNotice{
		Event: event, AcquirerID: a.AcquirerID, ClientID: a.AuthClientID, ReferenceID: a.ReferenceAgreementID,
		Code: a.AuthCode, State: a.AuthState,
	}
	named := a.AuthClientID != "" && a.ReferenceAgreementID != ""
	switch {
	case !known:
		return notice, illegal("authorizationNotifyType", "unknown")
	case event == connectors.CodeCreated && (!named || a.AuthCode == ""):
		return notice, illegal("authCode", "missing, or whose it is")
	case event == connectors.TokenCreated && !named:
		return notice, illegal("referenceAgreementId", "missing, or authClientId")
	case event == connectors.TokenCancelled && a.AccessToken == "":
		return notice, illegal("accessToken", "missing")
	}
	if a.AuthCodeExpiryTime != "" {
		at, readable := parseBodyTime(a.AuthCodeExpiryTime)
		if !readable {
			return notice, illegal("authCodeExpiryTime", "not ISO 8601 with an offset")
		}
		notice.CodeExpiresAt = at
	}
	if event == connectors.TokenCancelled {
		notice.Tokens.Access = a.AccessToken
		return notice, nil
	}
	if event == connectors.CodeCreated {
		return notice, nil
	}
	var err error
	notice.Tokens, err = TokenAnswer{
		AccessToken: a.AccessToken, AccessTokenExpiryTime: a.AccessTokenExpiryTime, RefreshToken: a.RefreshToken,
		RefreshTokenExpiryTime: a.RefreshTokenExpiryTime, CustomerID: a.CustomerID,
	}.read()
	return notice, err
}

// read reads tokens. A token without an end would never be given up, so the end
// is required.
func (a TokenAnswer) read() (connectors.Tokens, error) {
	tokens := connectors.Tokens{Access: a.AccessToken, Refresh: a.RefreshToken, PayerReference: a.CustomerID}
	if a.AccessToken == "" {
		return tokens, illegal("accessToken", "missing")
	}
	for _, end := range []struct {
		field, token, text string
		into               *time.Time
	}{
		{"accessTokenExpiryTime", a.AccessToken, a.AccessTokenExpiryTime, &tokens.AccessExpiresAt},
		{"refreshTokenExpiryTime", a.RefreshToken, a.RefreshTokenExpiryTime, &tokens.RefreshExpiresAt},
	} {
		at, readable := parseBodyTime(end.text)
		if end.token != "" && !readable {
			return tokens, illegal(end.field, "missing, or not ISO 8601 with an offset")
		}
		*end.into = at
	}
	return tokens, nil
}

// withoutToken takes a token out of a message for the record: what stays is its
// digest. The message is written anew, since a token may be spelt with escapes; it
// loses the fields that the switch does not know.
func withoutToken(request PayRequest) []byte {
	if request.PaymentMethod == nil {
		return nil
	}
	method := *request.PaymentMethod
	sum := sha256.Sum256([]byte(method.ID))
	method.ID = "sha256:" + hex.EncodeToString(sum[:8])
	request.PaymentMethod = &method
	body, err := Encode(request)
	if err != nil {
		return nil
	}
	return bytes.Clone(body)
}
