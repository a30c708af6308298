package route

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"math/big"
	"time"
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
