package instruct_test

import (
	"errors"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/settlement/window"
)

// gross are random transfers between owners, and the nets that follow from them.
func gross(random *rand.Rand) (owed map[string]int64, nets []window.Net) {
	owners := []string{"HUB", "A-1", "B-2", "C-3", "D-4", "E-5"}
	currencies := []money.Currency{"HKD", "JPY", "KWD"}
	owed = map[string]int64{}
	sums := map[string]*window.Net{}
	side := func(owner string, currency money.Currency) *window.Net {
		key := owner + " " + string(currency)
		if sums[key] == nil {
			n := net(owner, currency, 0, 0)
			sums[key] = &n
		}
		return sums[key]
	}
	for range random.IntN(12) {
		from, to := random.IntN(len(owners)), random.IntN(len(owners))
		if from == to {
			continue
		}
		amount := money.New(1+random.Int64N(int64(1)<<uint(1+random.IntN(40))), currencies[random.IntN(3)])
		side(owners[from], amount.Currency).Debits.Minor += amount.Minor
		side(owners[to], amount.Currency).Credits.Minor += amount.Minor
		owed[owners[from]+" "+string(amount.Currency)] -= amount.Minor
		owed[owners[to]+" "+string(amount.Currency)] += amount.Minor
	}
	for _, n := range sums {
		nets = append(nets, *n)
	}
	return owed, nets
}

// windows is how many windows are netted.
const windows = 2000

// TestNettingOfManyWindows nets 2,000 small random windows and compares every
// obligation with transfers that were added up one by one.
func TestNettingOfManyWindows(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for range windows {
		owed, nets := gross(random)
		w := closed()
		obligations, err := instruct.Obligations(w, nets, window.Calendars{}, at)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]int64{}
		for _, o := range obligations {
			key := o.ParticipantID + " " + string(o.Amount.Currency)
			if _, twice := got[key]; twice || o.Amount.Minor <= 0 || o.WindowID != w.ID || o.Region != w.Region {
				t.Fatalf("%+v of %+v", o, nets)
			}
			got[key] = o.Amount.Minor
			if o.Direction == instruct.PayIn {
				got[key] = -o.Amount.Minor
			}
		}
		want := map[string]int64{}
		for key, amount := range owed {
			if amount != 0 && key[:3] != "HUB" {
				want[key] = amount
			}
		}
		if !maps.Equal(want, got) {
			t.Fatalf("got %v, want %v", got, want)
		}
		checkRepeatable(t, random, w, nets, obligations)
	}
}

// checkRepeatable: the same window gives the same obligations to the byte, in
// whatever order its figures come, and figures that are off by one unit give
// none.
func checkRepeatable(t *testing.T, random *rand.Rand, w window.Window, nets []window.Net, want []instruct.Obligation) {
	t.Helper()
	shuffled := slices.Clone(nets)
	random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	again, err := instruct.Obligations(w, shuffled, window.Calendars{}, at)
	if err != nil {
		t.Fatal(err)
	}
	byID := func(a, b instruct.Obligation) int { return slices.Compare(a.ID[:], b.ID[:]) }
	first := slices.Clone(want)
	slices.SortFunc(first, byID)
	slices.SortFunc(again, byID)
	if !reflect.DeepEqual(first, again) {
		t.Fatalf("%+v, then %+v", first, again)
	}
	if len(nets) == 0 {
		return
	}
	wrong := &shuffled[random.IntN(len(shuffled))]
	if wrong.Debits.Minor++; random.IntN(2) == 0 {
		wrong.Debits.Minor -= 2
	}
	if list, err := instruct.Obligations(w, shuffled, window.Calendars{}, at); !errors.Is(err, instruct.ErrUnbalanced) || list != nil {
		t.Fatalf("%v for %+v", err, shuffled)
	}
}

// TestInstructionsName: an instruction can be told from all others of its window
// and of the next one, and its UETR is what the standard asks for.
func TestInstructionsName(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 2))
	seen := map[string]bool{}
	for number := range int64(50) {
		w := closed()
		w.Number = number
		_, nets := gross(random)
		obligations, err := instruct.Obligations(w, nets, window.Calendars{}, at)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range obligations {
			transfer, err := iso20022.ParseInstitutionTransfer(o.Instruction)
			if err != nil {
				t.Fatal(err)
			}
			if seen[transfer.MessageID] || seen[transfer.UETR.String()] || !transfer.UETR.Valid() {
				t.Errorf("%s is not new: %s, %s", o.ParticipantID, transfer.MessageID, transfer.UETR)
			}
			seen[transfer.MessageID], seen[transfer.UETR.String()] = true, true
			if !transfer.SettlementDate.Equal(o.ValueDate) || transfer.Amount != o.Amount {
				t.Errorf("%+v says %s on %s", o, transfer.Amount, transfer.SettlementDate)
			}
		}
	}
}
