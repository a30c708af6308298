package customs_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
)

// shelf is what the declarations of a payment should be: by request id what was said and
// how it ended.
type shelf map[string]struct {
	said connectors.CustomsDeclaration
	kind reason.Kind
}

// expects says how a declaration must end if the wallet ends new ones so.
func (s shelf) expects(
	said connectors.CustomsDeclaration, left int64, wallet reason.Kind,
) (kind reason.Kind, fresh bool) {
	if earlier, known := s[said.RequestID]; known {
		switch {
		case earlier.said.CheckedFields != said.CheckedFields:
			return reason.Inconsistent, false
		case earlier.kind == reason.InProcess:
			return wallet, true // it is asked again
		}
		return earlier.kind, false
	}
	for _, other := range s {
		if other.kind != reason.None && other.kind != reason.InProcess {
			continue
		}
		if strings.EqualFold(other.said.OfficeCode, said.OfficeCode) && other.said.OrderID == said.OrderID {
			return reason.DeclaredTwice, false
		}
		left -= other.said.Amount.Minor
	}
	if said.Amount.Minor > left {
		return reason.DeclarationExceeds, false
	}
	return wallet, true
}

// TestModel: whatever is declared in whatever order, each ends as the model says, what
// stands is never more than what was paid and not given back at the time, and no order
// stands twice at an office.
func TestModel(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		rapid.Check(t, func(rt *rapid.T) {
			b.payment.ID, b.payment.Returned = ids.New(), cny(0)
			model, run := shelf{}, ids.New().String()
			for range rapid.IntRange(1, 12).Draw(rt, "steps") {
				if rapid.IntRange(0, 9).Draw(rt, "refund") == 0 {
					kept := b.payment.Paid.Minor - b.payment.Returned.Minor
					b.payment.Returned.Minor += rapid.Int64Range(0, kept).Draw(rt, "back")
				}
				said := sample(fmt.Sprintf("D-%d-%s", rapid.IntRange(1, 6).Draw(rt, "id"), run),
					fmt.Sprint("O-", rapid.IntRange(1, 5).Draw(rt, "order")), rapid.Int64Range(1, 4000).Draw(rt, "amount"))
				said.OfficeCode = rapid.SampledFrom([]string{"ZONGSHU", "zongshu", "NINGBO"}).Draw(rt, "office")
				wallet := rapid.SampledFrom([]reason.Kind{reason.None, reason.RiskRejected, reason.InProcess}).Draw(rt, "wallet")
				b.wallet.say(map[reason.Kind]connectors.Decision{
					reason.None: connectors.Accepted, reason.RiskRejected: connectors.Declined,
					reason.InProcess: connectors.Undecided,
				}[wallet], wallet)
				want, fresh := model.expects(said, b.payment.Paid.Minor-b.payment.Returned.Minor, wallet)
				if _, kind := b.declare(said); kind != want {
					rt.Fatalf("%+v: %s, want %s", said, kind, want)
				}
				if entry := model[said.RequestID]; fresh {
					if entry.said.RequestID == "" {
						entry.said = said
					}
					entry.kind = want
					model[said.RequestID] = entry
				}
			}
			if stored := len(b.all()); stored != len(model) {
				rt.Fatalf("%d declarations, want %d", stored, len(model))
			}
		})
	})
}

// TestBuyer: the first buyer that was named counts until the wallet has answered, and is
// dropped then; a repetition with
// another buyer is the same declaration.
func TestBuyer(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.wallet.say(connectors.Undecided, reason.Busy)
		said := sample("D-1", "O-1", 100)
		said.Buyer = &buyer
		b.want("with a buyer", said, reason.InProcess)
		other := said
		other.Buyer = &connectors.Buyer{Name: "Somebody Else"}
		b.want("with another buyer", other, reason.InProcess)
		for _, asked := range b.wallet.heard() {
			if *asked.Buyer != buyer {
				t.Errorf("the wallet was told of %+v", asked.Buyer)
			}
		}
		b.wallet.say(connectors.Accepted, reason.None)
		b.want("taken", said, reason.None)
		var columns []string
		texts(t, b.pool, `SELECT buyer FROM customs_declaration`, &columns)
		if len(columns) != 1 || columns[0] != "" {
			t.Errorf("after the answer the buyer is %v", columns)
		}
	})
}
