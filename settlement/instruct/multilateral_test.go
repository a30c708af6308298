package instruct_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/causeway-pay/causeway/iso20022/message"
	"github.com/causeway-pay/causeway/iso20022/rules"
	"github.com/causeway-pay/causeway/iso20022/wire"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/settlement/window"
)

// soundMessage checks a message against its schema, the rules of the standard, and
// those of a profile if it has a name.
func soundMessage(t *testing.T, body []byte, profile string) {
	t.Helper()
	m, err := wire.Parse(body)
	if err != nil {
		t.Fatalf("%v\n%s", err, body)
	}
	options := rules.Options{At: at}
	if profile != "" {
		if options.Profile, err = rules.Load(profile); err != nil {
			t.Fatal(err)
		}
	}
	for _, finding := range rules.Check(m, options) {
		t.Errorf("%s\n%s", finding, body)
	}
}

// TestInstructionsAreSound: whatever is owed, the pacs.009 of each obligation and
// the pacs.029 of a window are valid, pass the rules, and say the same amounts.
func TestInstructionsAreSound(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 3))
	for range 200 {
		_, nets := gross(random)
		w := closed()
		obligations, err := instruct.Obligations(w, nets, window.Calendars{}, at)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range obligations {
			soundMessage(t, o.Instruction, "switch")
		}
		body, err := instruct.Multilateral(w, obligations, at)
		if err != nil {
			t.Fatal(err)
		}
		if body == nil {
			if len(obligations) > 0 {
				t.Fatal("nothing to settle")
			}
			continue
		}
		soundMessage(t, body, "")
		checkMovements(t, body, obligations)
	}
}

func checkMovements(t *testing.T, body []byte, obligations []instruct.Obligation) {
	t.Helper()
	request, err := message.Parse[message.MultilateralSettlementRequestV02](body)
	if err != nil {
		t.Fatal(err)
	}
	asked := map[string]int64{}
	for _, one := range request.SttlmReq {
		sum := int64(0)
		for _, record := range one.MvmntRcrd {
			amount, err := record.Amt.Amt.Money()
			if err != nil {
				t.Fatal(err)
			}
			if record.Amt.CdtDbt == "DBIT" {
				amount.Minor = -amount.Minor
			}
			sum += amount.Minor
			asked[record.Ptcpt.Id.OrgId.Othr[0].Id+" "+string(amount.Currency)] = amount.Minor
		}
		if sum != 0 || len(one.MvmntRcrd) < 2 {
			t.Errorf("%s: %d movements sum to %d", one.InstrId, len(one.MvmntRcrd), sum)
		}
	}
	for _, o := range obligations {
		want := o.Amount.Minor
		if o.Direction == instruct.PayIn {
			want = -want
		}
		if key := o.ParticipantID + " " + string(o.Amount.Currency); asked[key] != want {
			t.Errorf("%s: asked for %d, owed %d", key, asked[key], want)
		}
	}
}

// TestMultilateralStays: the request is the same to the byte whatever the
// obligations have come to, and there is none of nothing.
func TestMultilateralStays(t *testing.T) {
	w := closed()
	obligations, err := instruct.Obligations(w, []window.Net{
		net("A-1", "HKD", 700, 0), net("B-2", "HKD", 0, 400), net("HUB", "HKD", 0, 300),
	}, window.Calendars{}, at)
	if err != nil || len(obligations) != 2 {
		t.Fatal(obligations, err)
	}
	first, err := instruct.Multilateral(w, obligations, at)
	if err != nil {
		t.Fatal(err)
	}
	if obligations[0], err = obligations[0].Confirm(money.New(200, "HKD"), at); err != nil {
		t.Fatal(err)
	}
	if obligations[1], err = obligations[1].Move(at); err != nil {
		t.Fatal(err)
	}
	if again, err := instruct.Multilateral(w, obligations, at); err != nil || !bytes.Equal(first, again) {
		t.Errorf("%s, then %s, %v", first, again, err)
	}
	if body, err := instruct.Multilateral(w, nil, at); err != nil || body != nil {
		t.Errorf("asked for nothing: %s, %v", body, err)
	}
}
