package agreement

import (
	"context"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/route"
)

// CodeLife is how long a code may be exchanged where the wallet does not say.
const CodeLife = 10 * time.Minute

// Patience bounds one call to a partner; it leaves time to answer within the ten
// seconds that a partner gets.
const Patience = 8 * time.Second

// Desk makes, keeps and ends agreements. It implements [connectors.Agreements].
type Desk struct {
	Pool      *db.Pool
	Clock     clock.Clock
	Region    string
	Directory func() *route.Directory
	// Wallets and Acquirers are the ways out by connector name.
	Wallets   map[string]connectors.AgreementWallet
	Acquirers map[string]connectors.AgreementAcquirer
}

var _ connectors.Agreements = (*Desk)(nil)

// Redeem returns the agreement that a grant of an acquirer stands for at a time.
// A grant that is not good is InvalidToken or ExpiredToken; somebody else's is as
// one that never was.
func Redeem(
	ctx context.Context, reader db.Reader, acquirerID string, grant connectors.Grant, at time.Time,
) (Agreement, error) {
	const op = "agreement.Redeem"
	a, token, err := byToken(ctx, reader, Access, grant.Token)
	switch {
	case err != nil:
		return Agreement{}, err
	case a.AcquirerID != acquirerID || grant.ClientID != "" && grant.ClientID != a.ClientID:
		return Agreement{}, reason.New(reason.InvalidToken, op, "not the holder's")
	case a.State != Active || !token.EndedAt.IsZero():
		return Agreement{}, reason.New(reason.InvalidToken, op, "ended")
	case !at.Before(token.ExpiresAt):
		return Agreement{}, reason.New(reason.ExpiredToken, op, "")
	default:
		return a, nil
	}
}

// wallet returns a wallet and the way to it.
func (d *Desk) wallet(id string) (connectors.Participant, connectors.AgreementWallet, error) {
	const op = "agreement.wallet"
	p, known := d.Directory().Participant(id)
	way, ok := d.Wallets[p.Connector]
	switch {
	case !known || p.Role != connectors.RoleWallet || !ok:
		return connectors.Participant{}, nil, reason.New(reason.Unsupported, op, "no way to "+id)
	case p.Suspended:
		return connectors.Participant{}, nil, reason.New(reason.InvalidContract, op, id+" is suspended")
	default:
		return p.Participant, way, nil
	}
}

// named returns the wallet that an acquirer names, and the way to it. Of a wallet of
// another network it returns the network, and as within how that calls the wallet.
func (d *Desk) named(name string) (
	to connectors.Participant, way connectors.AgreementWallet, within string, err error,
) {
	id, within, behind := strings.Cut(name, "/")
	if to, way, err = d.wallet(id); err == nil && (to.Network() != behind || behind && within == "") {
		err = reason.New(reason.Unsupported, "agreement.wallet", "a wallet of a network is named with it, others alone")
	}
	return to, way, within, err
}

// Prepare implements [connectors.Agreements]. A network knows the agreement by the hub's
// id, since its key must not be that of another acquirer.
func (d *Desk) Prepare(
	ctx context.Context, from connectors.Participant, request connectors.PrepareRequest,
) (string, error) {
	to, way, within, err := d.named(request.WalletID)
	if err != nil {
		return "", err
	}
	now := d.Clock.Now()
	proposed := Agreement{
		ID: ids.New(), Region: d.Region, AcquirerID: from.ID, WalletID: to.ID, ClientID: request.ClientID,
		ReferenceID: request.ReferenceID, Checked: request.CheckedFields, State: Prepared, CreatedAt: now, ChangedAt: now,
	}
	var known ids.ID
	err = d.Pool.InTx(ctx, func(ctx context.Context, tx db.Tx) (err error) {
		known, err = propose(ctx, tx, proposed)
		return err
	})
	if err != nil {
		return "", err
	}
	request.AcquirerID, request.WalletID = from.ID, to.ID
	if to.Network() {
		request.AcquirerID, request.WalletID, request.ReferenceID = "", within, known.String()
	}
	calling, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	address, answer := way.Prepare(calling, to, request)
	return address, failure(answer)
}

// propose stores an agreement, or finds that it is the one that was prepared
// before. It returns the id that it has.
func propose(ctx context.Context, tx db.Tx, a Agreement) (ids.ID, error) {
	const op = "agreement.Prepare"
	made, err := insert(ctx, tx, a)
	if err != nil || made {
		return a.ID, err
	}
	earlier, err := find(ctx, tx, selectByKey, a.AcquirerID, a.ClientID, a.ReferenceID)
	switch {
	case err != nil:
		return ids.Nil, err
	case earlier.Checked != a.Checked:
		return ids.Nil, reason.New(reason.Inconsistent, op, "")
	case earlier.State == Cancelled:
		return ids.Nil, reason.New(reason.Closed, op, "")
	default:
		return earlier.ID, nil
	}
}

// failure is what a caller is told about a partner's answer: nil for a yes, the
// reason of a no, and for anything else that it may ask again.
func failure(answer connectors.Answer) error {
	const op = "agreement.call"
	switch {
	case answer.Decision == connectors.Accepted:
		return nil
	case answer.Decision != connectors.Undecided && answer.Reason != reason.None && answer.Reason.Final():
		return reason.New(answer.Reason, op, "")
	default:
		return reason.New(reason.Unknown, op, "the partner gave no answer")
	}
}

// Apply implements [connectors.Agreements]. A code is known here once the wallet
// has told it, which it does before the payer comes back to the merchant.
func (d *Desk) Apply(
	ctx context.Context, from connectors.Participant, request connectors.TokenRequest,
) (connectors.Tokens, error) {
	a, err := d.exchangeable(ctx, from, request)
	if err != nil {
		return connectors.Tokens{}, err
	}
	to, way, err := d.wallet(a.WalletID)
	if err != nil {
		return connectors.Tokens{}, err
	}
	calling, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	tokens, answer := way.Apply(calling, to, request)
	if err := failure(answer); err != nil {
		return connectors.Tokens{}, err
	}
	return tokens, d.activate(ctx, a.ID, tokens)
}

// exchangeable finds the agreement whose code or refresh token is presented.
func (d *Desk) exchangeable(
	ctx context.Context, from connectors.Participant, request connectors.TokenRequest,
) (Agreement, error) {
	const op = "agreement.Apply"
	kind, value, invalid, expired := Code, request.Code, reason.InvalidCode, reason.ExpiredCode
	if request.RefreshToken != "" {
		kind, value, invalid, expired = Refresh, request.RefreshToken, reason.InvalidToken, reason.ExpiredToken
	}
	a, token, err := byToken(ctx, d.Pool, kind, value)
	switch {
	case reason.Of(err) == reason.InvalidToken:
		return Agreement{}, reason.New(invalid, op, "unknown")
	case err != nil:
		return Agreement{}, err
	case a.AcquirerID != from.ID || a.ClientID != request.ClientID || a.State == Cancelled:
		return Agreement{}, reason.New(invalid, op, "not the holder's, or ended")
	case a.State == Prepared && !d.Clock.Now().Before(token.ExpiresAt),
		kind == Refresh && !d.Clock.Now().Before(token.ExpiresAt):
		// A code that was exchanged in time gets its first outcome for ever.
		return Agreement{}, reason.New(expired, op, "")
	default:
		return a, nil
	}
}

// activate keeps the tokens of an agreement, which is active from then on. An
// agreement that was ended meanwhile stays so.
func (d *Desk) activate(ctx context.Context, id ids.ID, tokens connectors.Tokens) error {
	const op = "agreement.activate"
	now := d.Clock.Now()
	access := Token{Hash: hash(Access, tokens.Access), Kind: Access, ExpiresAt: tokens.AccessExpiresAt}
	return d.Pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		a, err := find(ctx, tx, selectByID, id)
		if err != nil {
			return err
		}
		if a.State == Cancelled {
			return reason.New(reason.InvalidToken, op, "ended meanwhile")
		}
		a.State, a.ChangedAt = Active, now
		if tokens.PayerReference != "" {
			a.PayerReference = tokens.PayerReference
		}
		if err := update(ctx, tx, a); err != nil {
			return err
		}
		fresh, err := addToken(ctx, tx, id, access)
		if err == nil && fresh {
			// One that comes again may have been replaced since, and replaces nothing.
			err = endOthers(ctx, tx, id, now, access.Hash)
		}
		if err != nil || tokens.Refresh == "" {
			return err
		}
		refresh := Token{Hash: hash(Refresh, tokens.Refresh), Kind: Refresh, ExpiresAt: tokens.RefreshExpiresAt}
		_, err = addToken(ctx, tx, id, refresh)
		return err
	})
}

// Revoke implements [connectors.Agreements]. The wallet may say that the
// agreement must stay, as while something is owed; that it has ended already is
// what was wanted.
func (d *Desk) Revoke(ctx context.Context, from connectors.Participant, grant connectors.Grant) error {
	a, _, err := byToken(ctx, d.Pool, Access, grant.Token)
	switch {
	case err != nil:
		return err
	case a.AcquirerID != from.ID:
		return reason.New(reason.InvalidToken, "agreement.Revoke", "not the holder's")
	case a.State == Cancelled:
		return nil
	}
	to, way, err := d.wallet(a.WalletID)
	if err != nil {
		return err
	}
	grant.ClientID = a.ClientID
	calling, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	if err := failure(way.Revocable(calling, to, grant)); err != nil && reason.Of(err) != reason.InvalidToken {
		return err
	}
	if err := failure(way.Revoke(calling, to, grant)); err != nil && reason.Of(err) != reason.InvalidToken {
		return err
	}
	return d.end(ctx, a.ID)
}

func (d *Desk) end(ctx context.Context, id ids.ID) error {
	now := d.Clock.Now()
	return d.Pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		a, err := find(ctx, tx, selectByID, id)
		if err != nil || a.State == Cancelled {
			return err
		}
		a.State, a.ChangedAt = Cancelled, now
		return update(ctx, tx, a)
	})
}

// Told implements [connectors.Agreements]: what the wallet says is kept first and
// passed on then, so that an acquirer that does not listen loses nothing.
func (d *Desk) Told(ctx context.Context, from connectors.Participant, notice connectors.AgreementNotice) error {
	a, err := d.noticed(ctx, from, notice)
	if err != nil {
		return err
	}
	switch notice.Event {
	case connectors.CodeCreated:
		err = d.keepCode(ctx, a, notice)
	case connectors.TokenCreated:
		err = d.activate(ctx, a.ID, notice.Tokens)
	case connectors.TokenCancelled:
		err = d.end(ctx, a.ID)
	default:
		return reason.New(reason.InvalidRequest, "agreement.Told", "event")
	}
	if err != nil {
		return err
	}
	return d.passOn(ctx, a, notice)
}

// noticed finds the agreement that a wallet speaks of, which must be its own.
func (d *Desk) noticed(
	ctx context.Context, from connectors.Participant, notice connectors.AgreementNotice,
) (Agreement, error) {
	if notice.Event == connectors.TokenCancelled {
		a, _, err := byToken(ctx, d.Pool, Access, notice.Tokens.Access)
		if err == nil && a.WalletID != from.ID {
			err = reason.New(reason.InvalidToken, "agreement.Told", "not the wallet's")
		}
		return a, err
	}
	if from.Network() {
		return d.noticedByNetwork(ctx, from, notice)
	}
	return find(ctx, d.Pool, selectByWallet, from.ID, notice.ClientID, notice.ReferenceID, notice.AcquirerID)
}

// noticedByNetwork finds the agreement that a network speaks of by the id that the hub
// gave it.
func (d *Desk) noticedByNetwork(
	ctx context.Context, from connectors.Participant, notice connectors.AgreementNotice,
) (Agreement, error) {
	missing := reason.New(reason.NotFound, "agreement.Told", "")
	id, err := ids.Parse(notice.ReferenceID)
	if err != nil {
		return Agreement{}, missing
	}
	a, err := find(ctx, d.Pool, selectByID, id)
	if err == nil && (a.WalletID != from.ID || a.ClientID != notice.ClientID) {
		err = missing
	}
	return a, err
}

func (d *Desk) keepCode(ctx context.Context, a Agreement, notice connectors.AgreementNotice) error {
	if a.State == Cancelled {
		return reason.New(reason.Closed, "agreement.Told", "")
	}
	code := Token{Hash: hash(Code, notice.Code), Kind: Code, ExpiresAt: notice.CodeExpiresAt}
	if code.ExpiresAt.IsZero() {
		code.ExpiresAt = d.Clock.Now().Add(CodeLife)
	}
	return d.Pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		_, err := addToken(ctx, tx, a.ID, code)
		return err
	})
}

func (d *Desk) passOn(ctx context.Context, a Agreement, notice connectors.AgreementNotice) error {
	const op = "agreement.passOn"
	acquirer, known := d.Directory().Participant(a.AcquirerID)
	way, ok := d.Acquirers[acquirer.Connector]
	if !known || !ok {
		return reason.New(reason.Unsupported, op, "no way to "+a.AcquirerID)
	}
	notice.AcquirerID, notice.WalletID = a.AcquirerID, a.WalletID
	notice.ClientID, notice.ReferenceID = a.ClientID, a.ReferenceID
	calling, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	if answer := way.NotifyAgreement(calling, acquirer.Participant, notice); answer.Decision != connectors.Accepted {
		return reason.New(reason.Unknown, op, "the acquirer did not confirm the receipt")
	}
	return nil
}
