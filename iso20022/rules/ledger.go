package rules

import "github.com/causeway-pay/causeway/iso20022/wire"

// ledger adds up debits and credits in each currency.
type ledger struct {
	accounts []account
}

// account is both sides of one currency.
type account struct {
	currency       [3]byte
	debits, credit total
	items          uint64
}

// currenciesMax is how many currencies a ledger tells apart; one more than any
// register has only spoils its verdict.
const currenciesMax = 200

func (l *ledger) add(amount wire.Node, credit bool) {
	a := l.account(amount.CurrencyBytes())
	if a == nil {
		return
	}
	a.items++
	if credit {
		a.credit.add(amount.Bytes())
	} else {
		a.debits.add(amount.Bytes())
	}
}

// account returns the account of a currency, nil if the code is none.
func (l *ledger) account(code []byte) *account {
	if len(code) != 3 {
		return nil
	}
	currency := [3]byte(code)
	for i := range l.accounts {
		if l.accounts[i].currency == currency {
			return &l.accounts[i]
		}
	}
	if len(l.accounts) == currenciesMax {
		return nil
	}
	l.accounts = append(l.accounts, account{currency: currency})
	return &l.accounts[len(l.accounts)-1]
}

// balanced reports whether debits and credits are certainly not unequal.
func (l *ledger) balanced() bool {
	for i := range l.accounts {
		a := &l.accounts[i]
		if !a.debits.unknown && !a.credit.unknown &&
			(a.debits.over || a.credit.over || a.debits.sum != a.credit.sum) {
			return false
		}
	}
	return true
}
