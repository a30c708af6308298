package wire_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math/rand/v2"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// messages are all messages of the API.
var messages = []any{
	wire.AccountEntries{}, wire.AccountEntry{}, wire.AdjustmentChange{}, wire.Amount{}, wire.Approval{},
	wire.Assignment{}, wire.Audit{}, wire.AuditEntry{}, wire.Balance{}, wire.Balances{}, wire.Bilateral{},
	wire.Board{}, wire.BoardRate{}, wire.Book{}, wire.BookClose{}, wire.BookClosed{}, wire.BookHistory{},
	wire.BookPoint{}, wire.BookedDeal{}, wire.Break{}, wire.BreakComment{}, wire.BreakCorrection{}, wire.BreakFile{},
	wire.BreakLine{}, wire.BreakNote{}, wire.Breaks{}, wire.Buyer{}, wire.CapChange{}, wire.Case{},
	wire.CaseDecision{}, wire.CaseFile{}, wire.Cases{}, wire.Change{}, wire.Closed{}, wire.CodeChange{},
	wire.CodeRemoval{}, wire.Codes{}, wire.Comment{}, wire.ConfirmChange{}, wire.Corridor{}, wire.CorridorChange{},
	wire.Corridors{}, wire.DeadLetter{}, wire.DeadLetters{}, wire.DealChange{}, wire.Decision{}, wire.Declaration{},
	wire.Declarations{}, wire.Deliveries{}, wire.Delivery{}, wire.DirectoryVersion{}, wire.DirectoryVersions{},
	wire.Dispute{}, wire.DisputeChange{}, wire.DisputeDecision{}, wire.DisputeFile{}, wire.Disputes{},
	wire.EndpointChange{}, wire.Entry{}, wire.Erasure{}, wire.Erasures{}, wire.ExplainedEntry{}, wire.Explanation{},
	wire.Exposure{}, wire.ExposureAlert{}, wire.FeeLine{}, wire.FeeSchedules{}, wire.Hit{}, wire.HitReason{}, wire.Instructed{},
	wire.IssuerPrefix{}, wire.Issuers{}, wire.KeyAddition{}, wire.KeyRetirement{}, wire.LimitChange{}, wire.Limits{},
	wire.LimitsChange{}, wire.ListVersion{}, wire.ListChanges{}, wire.ListEntry{}, wire.ListIdentifier{}, wire.ListName{}, wire.ListDifference{}, wire.ListPart{}, wire.ListVersions{}, wire.MerchantDecision{}, wire.MerchantFile{},
	wire.RefusedList{}, wire.ListAcceptance{}, wire.ListRetirement{},
	wire.MerchantStatus{}, wire.Merchants{}, wire.Message{}, wire.Messages{}, wire.ModelChange{}, wire.Net{},
	wire.NewComment{}, wire.NewProposal{}, wire.Obligation{}, wire.ObligationChange{}, wire.ObligationFile{},
	wire.Obligations{}, wire.OpenPosition{}, wire.Operator{}, wire.OperatorAddition{}, wire.OperatorRemoval{},
	wire.Operators{}, wire.PairChange{}, wire.Participant{}, wire.ParticipantAddition{}, wire.ParticipantChange{},
	wire.Participants{}, wire.Parties{}, wire.Party{}, wire.PartyClearance{}, wire.Payment{}, wire.PaymentFile{},
	wire.Payments{}, wire.PersonAgreement{}, wire.PersonDeclaration{}, wire.PersonErasure{}, wire.PersonPage{},
	wire.PersonPayment{}, wire.PersonQuery{}, wire.Policies{}, wire.PolicyChange{}, wire.PolicyPromotion{},
	wire.PolicyTrial{}, wire.PolicyVersion{}, wire.Position{}, wire.Positions{}, wire.PrefundingChange{},
	wire.PrefundingCorrection{}, wire.Price{}, wire.Problem{}, wire.Profit{}, wire.Proposal{}, wire.Proposals{},
	wire.PushedRates{}, wire.Quote{}, wire.QuoteRequest{}, wire.Rate{}, wire.RateHistory{}, wire.Reconciled{},
	wire.ReconciledStatements{}, wire.ReconciliationTotal{}, wire.ReconciliationTotals{}, wire.Redelivered{},
	wire.NoticesChange{}, wire.Redelivery{}, wire.RegistrationChange{}, wire.ReportFile{}, wire.ReportFiles{}, wire.ResolveChange{},
	wire.Return{}, wire.RoundingChange{}, wire.RuleChange{}, wire.Screening{}, wire.Settlement{},
	wire.SettlementStep{}, wire.ShadowCount{}, wire.ShadowReport{}, wire.SourceChange{}, wire.StateCount{},
	wire.Stop{}, wire.Summary{}, wire.Taken{}, wire.Tariff{}, wire.ThresholdsChange{}, wire.Tier{},
	wire.TrialChange{}, wire.TrialEffect{}, wire.TrialReport{}, wire.UnmatchedSteps{}, wire.Window{},
	wire.WindowAbort{}, wire.WindowFile{}, wire.Windows{},
}

// TestMessagesAreAll: a message that is new is held to what follows, too.
func TestMessagesAreAll(t *testing.T) {
	known := map[string]bool{}
	for _, message := range messages {
		known[reflect.TypeOf(message).Name()] = true
	}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !strings.HasSuffix(file.Name(), ".go") || strings.HasSuffix(file.Name(), "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok {
				if _, isStruct := spec.Type.(*ast.StructType); isStruct && !known[spec.Name.Name] {
					t.Errorf("%s is missing here", spec.Name.Name)
				}
			}
			return true
		})
	}
}

// filler puts something into every field.
type filler struct{ *rand.Rand }

func (f filler) fill(v reflect.Value) {
	switch v.Interface().(type) {
	case []byte:
		v.SetBytes(fmt.Appendf(nil, "%d", f.Int64()))
		return
	case time.Time:
		v.Set(reflect.ValueOf(time.UnixMicro(1 + f.Int64N(4e15)).UTC()))
		return
	case ids.ID:
		v.Set(reflect.ValueOf(ids.New()))
		return
	case json.RawMessage:
		v.SetBytes(fmt.Appendf(nil, `{"n":%d}`, f.Int64()))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("é<&>\"\u2028%d", f.Int64()))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(1 + f.Int64N(1<<(v.Type().Bits()-1)-1))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		f.fill(v.Index(0))
		f.fill(v.Index(1))
	case reflect.Map:
		value := reflect.New(v.Type().Elem()).Elem()
		f.fill(value)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf("key").Convert(v.Type().Key()), value)
	case reflect.Struct:
		for i := range v.NumField() {
			f.fill(v.Field(i))
		}
	default:
		panic("a field of kind " + v.Kind().String())
	}
}

// TestNothingIsLost: what is in any field of any message comes back as it was, read by
// somebody who refuses what he does not know. A field is lost without a word when two of
// one name meet, as by embedding.
func TestNothingIsLost(t *testing.T) {
	f := filler{rand.New(rand.NewPCG(1, 2))}
	for range 20 {
		for _, message := range messages {
			full := reflect.New(reflect.TypeOf(message))
			f.fill(full.Elem())
			encoded, err := json.Marshal(full.Interface())
			if err != nil {
				t.Fatalf("%T: %v", message, err)
			}
			back := reflect.New(reflect.TypeOf(message))
			decoder := json.NewDecoder(bytes.NewReader(encoded))
			decoder.DisallowUnknownFields()
			if err := decoder.Decode(back.Interface()); err != nil {
				t.Fatalf("%T: %v\n%s", message, err, encoded)
			}
			if difference := cmp.Diff(full.Interface(), back.Interface()); difference != "" {
				t.Fatalf("%T: %s", message, difference)
			}
		}
	}
}

// TestNothingComesBackAsNothing: a message without anything in it comes back so, whatever
// of it is left out.
func TestNothingComesBackAsNothing(t *testing.T) {
	for _, message := range messages {
		encoded, err := json.Marshal(message)
		if err != nil {
			t.Fatalf("%T: %v", message, err)
		}
		back := reflect.New(reflect.TypeOf(message))
		if err := json.Unmarshal(encoded, back.Interface()); err != nil {
			t.Fatalf("%T: %v\n%s", message, err, encoded)
		}
		if difference := cmp.Diff(message, back.Elem().Interface(), cmpopts.EquateEmpty(), cmpopts.IgnoreTypes(json.RawMessage{})); difference != "" {
			t.Errorf("%T: %s", message, difference)
		}
	}
}
