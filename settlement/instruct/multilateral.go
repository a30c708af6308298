package instruct

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/iso20022/message"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/window"
)

// MultilateralName is the version of the request to a settlement service.
const MultilateralName = "pacs.029.001.02"

// Multilateral returns the request to a settlement service to settle a window's
// obligations at once: one request for each currency, in which the movements of
// all participants and the hub's own sum to zero. It takes the place of the
// obligations' first instructions, whose references it names, and is the same
// whatever is discharged since; what is retried has a pacs.009 of its own. No
// obligations are nil.
func Multilateral(w window.Window, obligations []Obligation, at time.Time) ([]byte, error) {
	byCurrency := map[money.Currency][]Obligation{}
	for _, o := range obligations {
		byCurrency[o.Amount.Currency] = append(byCurrency[o.Amount.Currency], o)
	}
	if len(byCurrency) == 0 {
		return nil, nil
	}
	request := &message.MultilateralSettlementRequestV02{
		GrpHdr: message.GroupHeader104{
			MsgId: compact(ids.Derive(w.ID, "multilateral", w.Number)), CreDtTm: message.At(at),
			NbOfSttlmReqs: strconv.Itoa(len(byCurrency)),
		},
	}
	for _, currency := range sortedKeys(byCurrency) {
		request.SttlmReq = append(request.SttlmReq, settleTogether(w, currency, byCurrency[currency]))
	}
	body, err := message.Write(request)
	if err != nil {
		return nil, fmt.Errorf("instruct: multilateral: %w", err)
	}
	return body, nil
}

func sortedKeys(byCurrency map[money.Currency][]Obligation) []money.Currency {
	currencies := make([]money.Currency, 0, len(byCurrency))
	for currency := range byCurrency {
		currencies = append(currencies, currency)
	}
	slices.Sort(currencies)
	return currencies
}

// settleTogether is the request in one currency. Where the participants'
// movements cancel out the hub has none.
func settleTogether(w window.Window, currency money.Currency, owed []Obligation) message.MultilateralSettlementRequest3 {
	request := message.MultilateralSettlementRequest3{
		InstrId:   compact(ids.Derive(w.ID, "multilateral."+string(currency), w.Number)),
		SttlmCycl: fmt.Sprintf("%s-%d", w.Region, w.Number),
	}
	var hub int64
	for _, o := range owed {
		sign := int64(1)
		if o.Direction == PayOut {
			sign = -1
		}
		hub += sign * o.Amount.Minor
		request.MvmntRcrd = append(request.MvmntRcrd, movementRecord(o.ID, o.ParticipantID, o.Amount, o.Direction))
	}
	if hub != 0 {
		direction := PayOut // what the participants pay in is the hub's to receive
		if hub < 0 {
			direction = PayIn
		}
		own := ids.Derive(w.ID, "multilateral.hub."+string(currency), w.Number)
		request.MvmntRcrd = append(request.MvmntRcrd,
			movementRecord(own, HubAgent, money.New(max(hub, -hub), currency), direction))
	}
	request.NbOfMvmntRcrds = &message.Decimal{Units: int64(len(request.MvmntRcrd))}
	return request
}

// movementRecord debits who pays in and credits who is paid out.
func movementRecord(id ids.ID, participant string, amount money.Amount, direction Direction) message.MovementRecord2 {
	indicator := "CRDT"
	if direction == PayIn {
		indicator = "DBIT"
	}
	return message.MovementRecord2{
		Id: compact(id), Ref: compact(id),
		Amt: message.AmountAndDirection5{Amt: message.AmountOf(amount), CdtDbt: indicator},
		Ptcpt: &message.PartyIdentification272{Id: message.Party52Choice{OrgId: &message.OrganisationIdentification39{
			Othr: []message.GenericOrganisationIdentification3{{Id: participant}},
		}}},
	}
}

// compact is an id as a reference of at most 35 characters.
func compact(id ids.ID) string { return strings.ReplaceAll(id.String(), "-", "") }
