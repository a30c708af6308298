package alipayplus

import (
	"context"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
)

// Agreements is a [Client] as [connectors.AgreementWallet] and
// [connectors.AgreementAcquirer].
type Agreements struct {
	client *Client
	// page judges where a payer may be sent to agree.
	page func(wallet connectors.Participant, address string) string
}

var (
	_ connectors.AgreementWallet   = Agreements{}
	_ connectors.AgreementAcquirer = Agreements{}
)

// Agreements returns the client's calls about agreements.
func (c *Client) Agreements() Agreements { return Agreements{c, pageOf} }

// Agreements returns the calls about agreements as an acquirer of another network, whose
// wallets have pages of their own.
func (m Member) Agreements() Agreements { return Agreements{m.client, pageBehind} }

// settled completes an answer by its result alone.
func settled(answer connectors.Answer, result said) connectors.Answer {
	switch result.status {
	case statusSuccess:
		answer.Decision = connectors.Accepted
		return answer
	case statusFailed:
		return refused(answer, result.kind)
	default:
		return undecided(answer, result.kind)
	}
}

// Prepare implements [connectors.AgreementWallet].
func (a Agreements) Prepare(
	ctx context.Context, to connectors.Participant, request connectors.PrepareRequest,
) (string, connectors.Answer) {
	var said PrepareAnswer
	answer := a.client.exchange(ctx, to, PathPrepare, PrepareRequest{
		AcquirerID: request.AcquirerID, PspID: firstOf(request.WalletID, to.ID), AuthClientID: request.ClientID,
		ReferenceAgreementID: request.ReferenceID, AuthRedirectURL: request.RedirectURL, AuthState: request.State,
		Scopes: request.Scopes, TerminalType: request.TerminalType,
	}, &said)
	if answer.Err != nil {
		return "", answer
	}
	answer = settled(answer, readResult(said.Result))
	if answer.Decision != connectors.Accepted {
		return "", answer
	}
	address := a.page(to, firstOf(said.AuthURL, said.NormalURL))
	if address == "" {
		return "", contradiction(answer, "no authUrl that a payer may be sent to")
	}
	return address, answer
}

// Apply implements [connectors.AgreementWallet].
func (a Agreements) Apply(
	ctx context.Context, to connectors.Participant, request connectors.TokenRequest,
) (connectors.Tokens, connectors.Answer) {
	asked := TokenRequest{
		AuthClientID: request.ClientID, GrantType: grantCode, AuthCode: request.Code, RefreshToken: request.RefreshToken,
	}
	if request.RefreshToken != "" {
		asked.GrantType = grantRefresh
	}
	var said TokenAnswer
	answer := a.client.exchange(ctx, to, PathApplyToken, asked, &said)
	if answer.Err != nil {
		return connectors.Tokens{}, answer
	}
	answer = settled(answer, readResult(said.Result))
	if answer.Decision != connectors.Accepted {
		return connectors.Tokens{}, answer
	}
	tokens, err := said.read()
	if err != nil {
		return connectors.Tokens{}, contradiction(answer, err.Error())
	}
	return tokens, answer
}

// Revocable implements [connectors.AgreementWallet]. A wallet that does not have
// the question has no objection.
func (a Agreements) Revocable(
	ctx context.Context, to connectors.Participant, grant connectors.Grant,
) connectors.Answer {
	answer, result := a.revocation(ctx, to, PathConsultUnbinding, grant)
	if result.kind == reason.UnknownInterface || result.kind == reason.Unsupported {
		answer.Decision, answer.Reason, answer.Err = connectors.Accepted, reason.None, nil
	}
	return answer
}

// Revoke implements [connectors.AgreementWallet].
func (a Agreements) Revoke(ctx context.Context, to connectors.Participant, grant connectors.Grant) connectors.Answer {
	answer, _ := a.revocation(ctx, to, PathCancelToken, grant)
	return answer
}

func (a Agreements) revocation(
	ctx context.Context, to connectors.Participant, path string, grant connectors.Grant,
) (connectors.Answer, said) {
	var told Answer
	answer := a.client.exchange(ctx, to, path, RevokeRequest{
		AccessToken: grant.Token, AuthClientID: grant.ClientID,
	}, &told)
	if answer.Err != nil {
		return answer, said{statusUnknown, reason.Unknown}
	}
	result := readResult(told.Result)
	return settled(answer, result), result
}

// NotifyAgreement implements [connectors.AgreementAcquirer].
func (a Agreements) NotifyAgreement(
	ctx context.Context, to connectors.Participant, notice connectors.AgreementNotice,
) connectors.Answer {
	tokens := tokenAnswer(notice.Tokens)
	message := AuthNotice{
		AcquirerID: notice.AcquirerID, PspID: notice.WalletID, AuthClientID: notice.ClientID,
		ReferenceAgreementID: notice.ReferenceID, AuthCode: notice.Code,
		AuthCodeExpiryTime: formatTime(notice.CodeExpiresAt), AuthState: notice.State,
		AccessToken: tokens.AccessToken, AccessTokenExpiryTime: tokens.AccessTokenExpiryTime,
		RefreshToken: tokens.RefreshToken, RefreshTokenExpiryTime: tokens.RefreshTokenExpiryTime,
		CustomerID: tokens.CustomerID,
	}
	for name, event := range authEvents {
		if event == notice.Event {
			message.Type = name
		}
	}
	var told Answer
	answer := a.client.exchange(ctx, to, PathAuthNotify, message, &told)
	if answer.Err != nil {
		return answer
	}
	return settled(answer, readResult(told.Result))
}
