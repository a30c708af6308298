package route

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/connectors/emvqr"
	"github.com/causeway-pay/causeway/internal/reason"
)

// AccountOwner says that accounts in the merchant codes of a payment scheme are led to
// an acquirer. An account belongs to the owner of its alias, else of its institution,
// else of its identifier.
type AccountOwner struct {
	AcquirerID string
	Account
	// Mode is PrivateOrderCode, Push or EntryCode.
	Mode connectors.Mode
}

// Account is what accounts of merchant codes are known by. It is comparable, and in
// upper case, since codes are written in either.
type Account struct {
	// Identifier is the globally unique identifier of the account (an AID or a
	// domain, object 00 of the template), or the name of a scheme of connectors/emvqr.
	Identifier string
	// Institution is the bank or acquirer that the account names, if only its
	// accounts are meant.
	Institution string
	// AliasHash is the [AliasKey.Hash] of the payee, if only this one is meant. Aliases are
	// telephone numbers and the like, so they are not kept.
	AliasHash string
}

var (
	identifierText  = regexp.MustCompile(`^[!-~]{2,32}$`)
	institutionText = regexp.MustCompile(`^[!-~]{0,32}$`)
	hashText        = regexp.MustCompile(`^([0-9A-F]{64})?$`)
)

// AliasKey is the secret that aliases are hashed with, the same in all hubs of a database.
// Aliases are numbers that can be tried out: without the key their hashes say nothing.
type AliasKey []byte

// Hash is how an alias of a payee is kept: the HMAC-SHA-256 of identifier and value in
// upper case, 64 hexadecimal digits.
func (k AliasKey) Hash(identifier, value string) string {
	mac := hmac.New(sha256.New, k)
	_, _ = mac.Write([]byte("alias:" + strings.ToUpper(identifier) + ":" + strings.ToUpper(value))) // a hash takes all
	return strings.ToUpper(hex.EncodeToString(mac.Sum(nil)))
}

// WithAliases returns the directory with the key of the aliases of its accounts.
func (d *Directory) WithAliases(key AliasKey) *Directory {
	with := *d
	with.aliases = key
	return &with
}

// Upper returns the account in its one form.
func (a Account) Upper() Account {
	return Account{strings.ToUpper(a.Identifier), strings.ToUpper(a.Institution), strings.ToUpper(a.AliasHash)}
}

// Check refuses an owner that no code can lead to. Its error is of kind
// [reason.InvalidRequest].
func (o AccountOwner) Check() error {
	const op = "route.AccountOwner"
	switch a := o.Upper(); {
	case !ownCode(o.Mode):
		return badMode(op)
	case !identifierText.MatchString(a.Identifier):
		return reason.New(reason.InvalidRequest, op, "an identifier is 2 to 32 visible characters")
	case !institutionText.MatchString(a.Institution):
		return reason.New(reason.InvalidRequest, op, "an institution is at most 32 visible characters")
	case !hashText.MatchString(a.AliasHash):
		return reason.New(reason.InvalidRequest, op, "the hash of an alias is 64 hexadecimal digits")
	case a.Institution != "" && a.AliasHash != "":
		return reason.New(reason.InvalidRequest, op, "an alias belongs to one institution anyway; name one of the two")
	default:
		return nil
	}
}

// WithAccounts returns the directory with the owners of accounts.
func (d *Directory) WithAccounts(owners []AccountOwner) *Directory {
	with := *d
	with.accounts = make(map[Account]AccountOwner, len(owners))
	for _, owner := range owners {
		with.accounts[owner.Upper()] = owner
	}
	return &with
}

// accountOwner returns whose the first account of a scheme's code is that anybody owns.
// A code that is broken is nobody's: it could lead to another merchant or amount.
func (d *Directory) accountOwner(text string) (AccountOwner, bool) {
	if len(d.accounts) == 0 {
		return AccountOwner{}, false
	}
	code, err := emvqr.Parse(text)
	if err != nil {
		return AccountOwner{}, false
	}
	parties := map[string]emvqr.Party{}
	var places []string
	for _, party := range emvqr.Identify(code, emvqr.Issuers{}).Parties {
		if !party.Payer {
			parties[party.Place] = party
			places = append(places, party.Place)
		}
	}
	if code.Form == emvqr.MerchantForm { // accounts of unknown schemes are among them
		places = nil
		for _, account := range code.Merchant.Accounts() {
			places = append(places, account.ID)
		}
	}
	for _, place := range places {
		identifier, _ := code.Merchant.At(place + "/00")
		if owner, found := d.ownerOf(identifier.Value, parties[place]); found {
			return owner, true
		}
	}
	return AccountOwner{}, false
}

// ownerOf looks the account of a party up, the closest description first.
func (d *Directory) ownerOf(identifier string, party emvqr.Party) (AccountOwner, bool) {
	var known []string
	for _, name := range []string{identifier, party.Scheme} {
		if name != "" {
			known = append(known, name)
		}
	}
	for _, describe := range []func(name string) Account{
		func(name string) Account {
			return Account{Identifier: name, AliasHash: d.aliases.Hash(name, party.Value)}
		},
		func(name string) Account { return Account{Identifier: name, Institution: party.Institution} },
		func(name string) Account { return Account{Identifier: name} },
	} {
		for _, name := range known {
			if owner, found := d.accounts[describe(name).Upper()]; found {
				return owner, true
			}
		}
	}
	return AccountOwner{}, false
}
