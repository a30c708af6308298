package route

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"math/big"
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
)

// CodeLife is how long a payment code may be used (one minute in the Alipay+
// style protocol).
const CodeLife = time.Minute

// businessType marks payer-presented payment codes: after the issuer's six
// digits come these two, then sixteen that nobody can guess.
const businessType = "02"

// PayerCode is a payment code with the payer behind it.
type PayerCode struct {
	Value          string
	WalletID       string
	Region         string
	PayerReference string
	PayerName      string
	ValidFrom      time.Time
	ExpiresAt      time.Time
	// UsedBy is the payment that the code was used for, ids.Nil if it is not used.
	UsedBy ids.ID
}

// Usable tells why a code may not be used at a time; nil if it may.
func (c PayerCode) Usable(at time.Time) error {
	const op = "route.Usable"
	switch {
	case c.UsedBy != ids.Nil:
		return reason.New(reason.InvalidCode, op, "used before")
	case !at.Before(c.ExpiresAt):
		return reason.New(reason.ExpiredCode, op, "")
	default:
		return nil
	}
}

// NewCode makes an unguessable code of 24 digits for a wallet's payer.
func NewCode(wallet Participant, payerReference, payerName string, at time.Time) (PayerCode, error) {
	space := new(big.Int).Exp(big.NewInt(10), big.NewInt(16), nil)
	unique, err := rand.Int(rand.Reader, space)
	if err != nil {
		return PayerCode{}, fmt.Errorf("route: new code: %w", err)
	}
	return PayerCode{
		Value:          fmt.Sprintf("%s%s%016d", wallet.CodePrefix, businessType, unique),
		WalletID:       wallet.ID,
		Region:         wallet.Region,
		PayerReference: payerReference,
		PayerName:      payerName,
		ValidFrom:      at,
		ExpiresAt:      at.Add(CodeLife),
	}, nil
}

// A code is as good as money while it lives, so only its hash is stored.
func hashCode(value string) []byte {
	sum := sha256.Sum256([]byte("payment-code:" + value))
	return sum[:]
}
