package api_test

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/switch/api"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/route"
)

// agree proposes a change and has it approved by another person.
func (b *bench) agree(kind string, change any, proposer, approver string) error {
	b.t.Helper()
	p, err := b.as(proposer).Propose(b.t.Context(), kind, change)
	if err != nil {
		return err
	}
	_, err = b.as(approver).Approve(b.t.Context(), p.ID, p.ChangeHash)
	return err
}

func TestSuspendAndResume(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		change := wire.ParticipantChange{ParticipantID: "HK-WALLET"}
		for _, step := range []struct {
			kind               string
			proposer, approver string
			want               bool
		}{
			{wire.KindParticipantSuspend, "compliance-1", "operations-1", true},
			{wire.KindParticipantResume, "operations-1", "operations-2", false},
		} {
			if err := b.agree(step.kind, change, step.proposer, step.approver); err != nil {
				t.Fatal(err)
			}
			b.reload()
			if p, _ := b.directory.Load().Participant("HK-WALLET"); p.Suspended != step.want {
				t.Errorf("%s: suspended %v", step.kind, p.Suspended)
			}
		}
		if b.changed.Load() != 2 {
			t.Errorf("the directory was to be loaded %d times", b.changed.Load())
		}
	})
}

// TestCorridorSet: a corridor is set as a whole, the rules that are left out are gone
// again, and it can only be for wallets of its country.
func TestCorridorSet(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		plain := wire.CorridorChange{
			PayerCountry: "HK", MerchantCountry: "SG", PayerMarkup: 75, MerchantMarkup: 0,
			Limit: wire.Amount{Currency: "SGD", Minor: "100000", Decimal: "1000.00"},
		}
		ruled := plain
		ruled.Minimum, ruled.Closed = &wire.Amount{Currency: "SGD", Minor: "100"}, true
		ruled.Hours, ruled.Wallets = "tue mon 09:00-17:30 Asia/Singapore", []string{"HK-WALLET", "HK-WALLET"}
		for i, step := range []struct {
			change  wire.CorridorChange
			minimum int64
			hours   string
			wallets []string
		}{
			{plain, 0, "", nil}, {ruled, 100, "mon tue 09:00-17:30 Asia/Singapore", []string{"HK-WALLET"}}, {plain, 0, "", nil},
		} {
			if err := b.agree(wire.KindCorridorSet, step.change, "treasury-2", "treasury-1"); err != nil {
				t.Fatal(err)
			}
			b.reload()
			all := b.directory.Load().Corridors()
			at := slices.IndexFunc(all, func(c route.Corridor) bool { return c.Name() == "HK-SG" })
			if at < 0 || all[at].Limit != money.New(100_000, "SGD") || all[at].PayerMarkup != 75 ||
				all[at].Minimum != step.minimum || all[at].Hours.String() != step.hours ||
				!slices.Equal(all[at].Wallets, step.wallets) || all[at].Closed != step.change.Closed ||
				b.changed.Load() != int64(i+1) {
				t.Errorf("step %d: %+v", i, all)
			}
			if _, err := b.as("viewer-1").Corridors(t.Context()); err != nil {
				t.Error(err)
			}
		}
		for _, stranger := range []string{"JP-ACQUIRER", "KR-WALLET"} {
			ruled.Wallets = []string{stranger}
			_, err := b.as("treasury-1").Propose(t.Context(), wire.KindCorridorSet, ruled)
			if client.ReasonOf(err) != "Missing" || !strings.Contains(err.Error(), stranger+" is no wallet of HK") {
				t.Errorf("%s: %v", stranger, err)
			}
		}
	})
}

// TestWhatIsMissing: a change that names a partner or a position that is not there says which.
func TestWhatIsMissing(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		for _, c := range []struct {
			kind   string
			change any
			by     string
			says   string
		}{
			{wire.KindParticipantSuspend, wire.ParticipantChange{ParticipantID: "NO-SUCH"}, "operations-1", "no partner NO-SUCH"},
			{wire.KindCapSet, wire.CapChange{ParticipantID: "HK-WALLET", Cap: wire.Amount{Currency: "EUR", Minor: "1"}},
				"treasury-1", "no position of HK-WALLET in EUR"},
		} {
			_, err := b.as(c.by).Propose(t.Context(), c.kind, c.change)
			if client.ReasonOf(err) != "Missing" || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: %v", c.kind, err)
			}
		}
	})
}

// TestResolve: a held payment is decided by two persons, once, either way.
func TestResolve(t *testing.T) {
	for outcome, state := range map[string]string{wire.OutcomePaid: "POSTED", wire.OutcomeUnpaid: "CANCELLED"} {
		t.Run(outcome, func(t *testing.T) {
			each(t, func(t *testing.T, b *bench) {
				change := wire.ResolveChange{PaymentID: b.hold("PR-1"), Outcome: outcome}
				rival, err := b.as("operations-1").Propose(t.Context(), wire.KindPaymentResolve, change)
				if err != nil {
					t.Fatal(err)
				}
				if err := b.agree(wire.KindPaymentResolve, change, "operations-1", "compliance-1"); err != nil {
					t.Fatal(err)
				}
				file, err := engine.Open(t.Context(), b.pool, change.PaymentID)
				if err != nil || string(file.Payment.State) != state {
					t.Errorf("payment is %s, want %s; %v", file.Payment.State, state, err)
				}
				if _, err := b.as("compliance-2").
					Approve(t.Context(), rival.ID, rival.ChangeHash); client.ReasonOf(
					err,
				) != "Closed" {
					t.Errorf("decided twice: %v", err)
				}
				if _, err := b.as("operations-1").
					Propose(t.Context(), wire.KindPaymentResolve, change); client.ReasonOf(
					err,
				) != "Closed" {
					t.Errorf("proposed for a payment that is not held: %v", err)
				}
			})
		})
	}
}

// TestOperatorAdd: a new person makes the token and hands in its hash; from the
// approval on the token works.
func TestOperatorAdd(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		token := api.NewToken()
		hash, err := api.HashToken(token)
		if err != nil {
			t.Fatal(err)
		}
		change := wire.OperatorAddition{
			Name:      "newcomer",
			Roles:     []string{"viewer", "treasury", "viewer"},
			TokenHash: hash.String(),
		}
		p, err := b.as("admin-1").Propose(t.Context(), wire.KindOperatorAdd, change)
		if err != nil {
			t.Fatal(err)
		}
		b.tokens["newcomer"] = token
		if _, err := b.as("newcomer").Me(t.Context()); client.ReasonOf(err) != "Unauthenticated" {
			t.Errorf("admitted before the approval: %v", err)
		}
		if _, err := b.as("admin-2").Approve(t.Context(), p.ID, p.ChangeHash); err != nil {
			t.Fatal(err)
		}
		me, err := b.as("newcomer").Me(t.Context())
		if err != nil || strings.Join(me.Roles, " ") != "viewer treasury" || me.Name != "newcomer" {
			t.Errorf("%+v, %v", me, err)
		}
		if err := b.agree(wire.KindOperatorAdd, change, "admin-1", "admin-2"); client.ReasonOf(err) != "InvalidRequest" {
			t.Errorf("the same token twice: %v", err)
		}
	})
}

// TestOperatorDeactivate: a person without access has none from the next request
// on, and two administrators remain.
func TestOperatorDeactivate(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		gone := wire.OperatorRemoval{OperatorID: b.me("treasury-1")}
		open := b.proposeCap()
		if err := b.agree(wire.KindOperatorDeactivate, gone, "admin-1", "admin-2"); err != nil {
			t.Fatal(err)
		}
		if _, err := b.as("treasury-1").Me(t.Context()); client.ReasonOf(err) != "Unauthenticated" {
			t.Errorf("still admitted: %v", err)
		}
		if _, err := b.as("treasury-2").
			Approve(t.Context(), open.ID, open.ChangeHash); client.ReasonOf(
			err,
		) != "ProposalClosed" {
			t.Errorf("the word of a person without access counts: %v", err)
		}
		if err := b.agree(wire.KindOperatorDeactivate, gone, "admin-1", "admin-2"); client.ReasonOf(err) != "Missing" {
			t.Errorf("deactivated twice: %v", err)
		}
		last := wire.OperatorRemoval{OperatorID: b.me("admin-1")}
		if err := b.agree(wire.KindOperatorDeactivate, last, "admin-1", "admin-2"); client.ReasonOf(err) != "Failed" {
			t.Errorf("the last pair of administrators: %v", err)
		}
		if _, err := b.as("admin-1").Me(t.Context()); err != nil {
			t.Errorf("the refused deactivation worked: %v", err)
		}
	})
}

// corridorText is a change of a corridor with a limit of JPY 1 and a rule.
func corridorText(rule string) string {
	return `{"payer_country":"HK","merchant_country":"JP","payer_markup":1,"merchant_markup":1,` +
		`"limit":{"currency":"JPY","minor":"1"},` + rule + `}`
}

// TestMalformedChanges: what a kind cannot mean is refused when it is proposed.
func TestMalformedChanges(t *testing.T) {
	hash := strings.Repeat("0", 64)
	limit := `"limit":{"currency":"JPY","minor":"1"}`
	cases := map[string][]string{
		"treasury-1 position.cap.set": {
			`{}`, `[]`, `7`, `"x"`, `{"participant_id":"HK-WALLET"}`, `{"participant_id":"HK-WALLET","cap":{}}`,
			`{"participant_id":"HK-WALLET","cap":{"currency":"HKD","minor":"-1"}}`,
			`{"participant_id":"HK-WALLET","cap":{"currency":"HKD","minor":"-0"}}`,
			`{"participant_id":"HK-WALLET","cap":{"currency":"HKD","minor":"1.0"}}`,
			`{"participant_id":"HK-WALLET","cap":{"currency":"HKD","minor":"01"}}`,
			`{"participant_id":"HK-WALLET","cap":{"currency":"HKD","minor":100}}`,
			`{"participant_id":"HK-WALLET","cap":{"currency":"HKD","minor":"1000000000000000000"}}`,
			`{"participant_id":"HK-WALLET","cap":{"currency":"XXX","minor":"1"}}`,
			`{"participant_id":"HK-WALLET","cap":{"currency":"HKD","minor":"100","decimal":"100"}}`,
			`{"participant_id":"HK-WALLET","cap":{"currency":"HKD","minor":"100","MINOR":"900"}}`,
			`{"participant_id":"HK-WALLET","cap":{"currency":"HKD","minor":"100","minor":"900"}}`,
			`{"participant_id":"HK-WALLET","cap":{"currency":"HKD","minor":"100"},"note":"x"}`,
			`{"participant_id":null,"cap":{"currency":"HKD","minor":"100"}}`,
		},
		"operations-1 participant.suspend": {`{}`, `{"participant_id":7}`, `{"participant":"HK-WALLET"}`},
		"treasury-1 corridor.set": {
			`{"payer_country":"HK","merchant_country":"JP","payer_markup":1,` + limit + `}`,
			`{"payer_country":"hk","merchant_country":"JP","payer_markup":1,"merchant_markup":1,` + limit + `}`,
			`{"payer_country":"HK","merchant_country":"JPN","payer_markup":1,"merchant_markup":1,` + limit + `}`,
			`{"payer_country":"HK","merchant_country":"JP","payer_markup":-1,"merchant_markup":1,` + limit + `}`,
			`{"payer_country":"HK","merchant_country":"JP","payer_markup":1,"merchant_markup":2001,` + limit + `}`,
			`{"payer_country":"HK","merchant_country":"JP","payer_markup":0.5,"merchant_markup":1,` + limit + `}`,
			`{"payer_country":"HK","merchant_country":"JP","payer_markup":1,"merchant_markup":1,"limit":{"currency":"JPY","minor":"0"}}`,
		},
		"treasury-2 corridor.set": {
			corridorText(`"hours":"always"`), corridorText(`"hours":"mon 09:00-17:00 Local"`), corridorText(`"wallets":["hk"]`),
			corridorText(`"minimum":{"currency":"JPY","minor":"2"}`), corridorText(`"minimum":{"currency":"HKD","minor":"1"}`),
			corridorText(`"minimum":{"currency":"JPY","minor":"-1"}`), corridorText(`"closed":"yes"`), corridorText(`"open":true`),
		},
		"operations-1 code.set": {
			`{"participant_id":"JP-ACQUIRER","mode":"PushPayment"}`,
			`{"participant_id":"JP-ACQUIRER","mode":"PushPayment","prefix":"https://x.example/","identifier":"pix"}`,
			`{"participant_id":"JP-ACQUIRER","mode":"PushPayment","prefix":"http://x.example/"}`,
			`{"participant_id":"JP-ACQUIRER","mode":"PushPayment","prefix":"https://x.example/","institution":"1"}`,
			`{"participant_id":"JP-ACQUIRER","mode":"PushPayment","institution":"1"}`,
			`{"participant_id":"JP-ACQUIRER","mode":"PushPayment","identifier":"pix","alias_hash":"contato@exemplo.org"}`,
			`{"participant_id":"JP-ACQUIRER","mode":"PushPayment","identifier":"pix","alias":"x","institution":"1"}`,
			`{"participant_id":"JP-ACQUIRER","mode":"OrderCode","identifier":"pix"}`, `{"mode":"PushPayment","identifier":"pix"}`,
		},
		"operations-1 participant.registration.set": {
			`{"participant_id":"JP-ACQUIRER"}`, `{"participant_id":"JP-ACQUIRER","registration":"LATER"}`,
			`{"participant_id":"JP-ACQUIRER","registration":""}`,
		},
		"operations-1 participant.notices.set": {
			`{"participant_id":"JP-ACQUIRER"}`, `{"participant_id":"JP-ACQUIRER","notices":"NEVER"}`,
			`{"participant_id":"JP-ACQUIRER","notices":""}`, `{"notices":"EVERY"}`,
		},
		"compliance-1 merchant.decide": {
			`{"participant_id":"JP-ACQUIRER","request_id":"R-1","status":"PENDING"}`,
			`{"participant_id":"JP-ACQUIRER","request_id":"R-1","status":"REFUSED"}`,
			`{"participant_id":"JP-ACQUIRER","request_id":"R-1","status":"REFUSED","why":"a\u202eb"}`,
			`{"participant_id":"JP-ACQUIRER","request_id":"R-1","status":"REGISTERED","why":"x"}`,
			`{"participant_id":"JP-ACQUIRER","status":"REGISTERED"}`,
		},
		"compliance-1 person.erase": {
			`{}`, `{"payment_id":"7"}`, `{"payment_id":"` + ids.New().String() + `","payer_reference":"U1"}`,
		},
		"operations-2 code.remove": {`{}`, `{"prefix":"https://x.example/","identifier":"pix"}`, `{"institution":"1"}`},
		"operations-1 participant.key.add": {
			`{"participant_id":"HK-WALLET","version":-1,"public_key":"x"}`, `{"participant_id":"HK-WALLET","public_key":"x"}`,
			`{"participant_id":"HK-WALLET","version":32768,"public_key":"x"}`,
		},
		"operations-1 participant.key.retire": {
			`{"participant_id":"HK-WALLET"}`, `{"participant_id":"HK-WALLET","version":40000}`,
		},
		"operations-1 participant.limits.set": {
			`{"participant_id":"HK-WALLET","inbound":{"per_second":-1,"burst":0,"at_once":0},"outbound":{"per_second":0,"burst":0,"at_once":0}}`,
			`{"participant_id":"HK-WALLET","inbound":{"per_second":0,"burst":0,"at_once":0},"outbound":{"per_second":0,"burst":100001,"at_once":0}}`,
			`{"participant_id":"HK-WALLET","inbound":{"per_second":0,"burst":0,"at_once":0}}`,
		},
		"operations-1 payment.resolve": {
			`{"payment_id":"` + ids.New().String() + `"}`, `{"payment_id":"7","outcome":"PAID"}`,
			`{"payment_id":"` + ids.New().String() + `","outcome":"paid"}`,
		},
		"admin-1 operator.add": {
			`{"name":"","roles":["viewer"],"token_hash":"` + hash + `"}`,
			`{"name":" x","roles":["viewer"],"token_hash":"` + hash + `"}`,
			`{"name":"a\u202eb","roles":["viewer"],"token_hash":"` + hash + `"}`,
			`{"name":"` + strings.Repeat("x", 101) + `","roles":["viewer"],"token_hash":"` + hash + `"}`,
			`{"name":"x","roles":[],"token_hash":"` + hash + `"}`,
			`{"name":"x","roles":["owner"],"token_hash":"` + hash + `"}`,
			`{"name":"x","roles":["viewer"],"token_hash":"` + hash[2:] + `"}`,
			`{"name":"x","roles":["viewer"],"token_hash":"` + strings.Repeat("A", 64) + `"}`,
			`{"name":"x","roles":["viewer"],"token_hash":"` + strings.Repeat("z", 64) + `"}`,
			`{"name":"x","roles":["viewer"],"token":"` + string(api.NewToken()) + `"}`,
		},
		"admin-1 operator.deactivate": {`{}`, `{"operator_id":"x"}`},
		"treasury-1 fx.rate.set": {
			`{"unit_currency":"EUR","quoted_currency":"USD","mid":"1.1"}`,
			`{"unit_currency":"EUR","quoted_currency":"USD","observed_at":"2026-04-13T12:00:00Z"}`,
			`{"unit_currency":"EUR","quoted_currency":"USD","mid":"-1","observed_at":"2026-04-13T12:00:00Z"}`,
			`{"unit_currency":"EUR","quoted_currency":"USD","mid":"1e3","observed_at":"2026-04-13T12:00:00Z"}`,
			`{"unit_currency":"EUR","quoted_currency":"EUR","mid":"1","observed_at":"2026-04-13T12:00:00Z"}`,
			`{"unit_currency":"EUR","quoted_currency":"USD","mid":"1","bid":"1","observed_at":"2026-04-13T12:00:00Z"}`,
			`{"unit_currency":"EUR","quoted_currency":"USD","mid":"1","bid":"1.2","ask":"1.3","observed_at":"2026-04-13T12:00:00Z"}`,
		},
		"treasury-1 fx.pair.stop":      {`{"pair":"EURUSD","why":"x"}`, `{"pair":"EUR/USD","why":""}`, `{"pair":"EUR/USD"}`},
		"treasury-1 fx.source.suspend": {`{"source":"","why":"x"}`, `{"source":"BANK","why":"a\u202eb"}`},
		"treasury-1 fx.rounding.set":   {`{"currency":"XXX","rounding":"down"}`, `{"currency":"JPY","rounding":"nearest"}`},
		"treasury-1 fx.limit.set":      {`{"limit":{"currency":"JPY","minor":"-1"}}`, `{"limit":{"currency":"JPY","minor":"01"}}`},
		"treasury-1 fx.rule.set": {
			`{"corridor":"HKJP","partner_id":"","product":"","leg":"payer","currency":""}`,
			`{"corridor":"","partner_id":"hk","product":"","leg":"payer","currency":""}`,
			`{"corridor":"","partner_id":"","product":"CASH","leg":"payer","currency":""}`,
			`{"corridor":"","partner_id":"","product":"","leg":"both","currency":""}`,
			`{"corridor":"","partner_id":"","product":"","leg":"payer","currency":"","fee_minor":"1"}`,
			`{"corridor":"","partner_id":"","product":"","leg":"payer","currency":"HKD","fee_minor":"1.5"}`,
			`{"corridor":"","partner_id":"","product":"","leg":"payer","currency":"","rounding":"nearest"}`,
			`{"corridor":"","partner_id":"","product":"","leg":"payer","currency":"","tiers":[{"from_minor":"5","markup_points":1}]}`,
		},
		"treasury-1 fx.deal.book": {
			`{"counterparty":"BANK","reference":"D","buy":{"currency":"JPY","minor":"1"},"sell":{"currency":"JPY","minor":"1"},"value_date":"2026-04-15"}`,
			`{"counterparty":"BANK","reference":"D","buy":{"currency":"JPY","minor":"0"},"sell":{"currency":"HKD","minor":"1"},"value_date":"2026-04-15"}`,
			`{"counterparty":"BANK","reference":"","buy":{"currency":"JPY","minor":"1"},"sell":{"currency":"HKD","minor":"1"},"value_date":"2026-04-15"}`,
			`{"counterparty":"BANK","reference":"D","buy":{"currency":"JPY","minor":"1"},"sell":{"currency":"HKD","minor":"1"},"value_date":"tomorrow"}`,
		},
	}
	each(t, func(t *testing.T, b *bench) {
		for key, changes := range cases {
			who, kind, _ := strings.Cut(key, " ")
			for _, change := range changes {
				a := b.send("POST", "/v1/proposals", `{"kind":"`+kind+`","change":`+change+`}`, bearer(b.tokens[who]))
				if a.status != 400 || a.problem.Reason != "InvalidRequest" {
					t.Errorf("%s %s: %d %s", kind, change, a.status, a.body)
				}
			}
		}
		if list, err := b.as("viewer-1").Proposals(t.Context(), "", client.Page{}); err != nil || len(list.Proposals) != 0 {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

// TestWhoMayPropose: each kind asks for its own roles.
func TestWhoMayPropose(t *testing.T) {
	may := map[string]string{
		wire.KindCapSet: "treasury", wire.KindCorridorSet: "treasury", wire.KindParticipantSuspend: "operations compliance",
		wire.KindParticipantAdd:    "operations",
		wire.KindParticipantResume: "operations compliance", wire.KindPaymentResolve: "operations compliance",
		wire.KindOperatorAdd: "admin", wire.KindOperatorDeactivate: "admin",
		wire.KindEndpointSet: "operations", wire.KindKeyAdd: "operations", wire.KindKeyRetire: "operations",
		wire.KindLimitsSet: "operations", wire.KindCodeSet: "operations", wire.KindCodeRemove: "operations",
		wire.KindIssuerSet: "operations", wire.KindIssuerRemove: "operations",
		wire.KindDisputeDecide:   "operations treasury",
		wire.KindRegistrationSet: "operations", wire.KindNoticesSet: "operations", wire.KindMerchantDecide: "operations compliance",
		wire.KindPersonErase: "operations compliance",
		wire.KindRateSet:     "treasury", wire.KindPairStop: "treasury", wire.KindPairResume: "treasury",
		wire.KindSourceSuspend: "treasury", wire.KindSourceResume: "treasury", wire.KindRuleSet: "treasury",
		wire.KindRoundingSet: "treasury", wire.KindLimitSet: "treasury", wire.KindDealBook: "treasury",
		wire.KindSettlementConfirm: "treasury", wire.KindObligationRetry: "treasury", wire.KindObligationMove: "treasury",
		wire.KindObligationCover: "treasury", wire.KindWindowAbort: "treasury", wire.KindAdjustmentPost: "treasury",
		wire.KindFeeScheduleSet:    "treasury",
		wire.KindPrefundingReceive: "treasury", wire.KindPrefundingReturn: "treasury", wire.KindModelSet: "treasury",
		wire.KindThresholdsSet: "treasury", wire.KindPrefundingCorrect: "treasury", wire.KindBreakCorrect: "treasury",
		wire.KindCaseDecide: "compliance", wire.KindPolicySet: "compliance", wire.KindPolicyPromote: "compliance",
		wire.KindPartyClear: "compliance", wire.KindListAccept: "compliance", wire.KindListRetire: "compliance",
	}
	described := document(t).Components.Schemas["NewProposal"].Value.Description
	if all := regexp.MustCompile(`\b[a-z]+(\.[a-z]+)+\b`).FindAllString(described, -1); len(all) != len(may) {
		t.Errorf("the document names %d kinds, this test %d", len(all), len(may))
	}
	each(t, func(t *testing.T, b *bench) {
		for kind, roles := range may {
			for _, role := range api.Roles() {
				a := b.send("POST", "/v1/proposals", `{"kind":"`+kind+`","change":{}}`, bearer(b.tokens[string(role)+"-1"]))
				want := 403
				if strings.Contains(roles, string(role)) {
					want = 400
				}
				if a.status != want {
					t.Errorf("%s as %s: %d, want %d", kind, role, a.status, want)
				}
			}
		}
	})
}

// TestChangesFitTheDocument: the canonical form of each change is what the
// document describes.
func TestChangesFitTheDocument(t *testing.T) {
	doc := document(t)
	each(t, func(t *testing.T, b *bench) {
		hash := strings.Repeat("0", 64)
		limit := wire.Amount{Currency: "JPY", Minor: "1"}
		owed := b.closed("PR-0")
		_, refusedVersion := b.refusedVersion()
		for _, c := range []struct {
			schema, kind, who string
			change            any
		}{
			{"CapChange", wire.KindCapSet, "treasury-1", capOf("0")},
			{"ParticipantAddition", wire.KindParticipantAdd, "operations-1", lotus(publicKeys(t)["p-256"], nil)},
			{"ParticipantChange", wire.KindParticipantSuspend, "operations-1", wire.ParticipantChange{ParticipantID: "HK-WALLET"}},
			{"CorridorChange", wire.KindCorridorSet, "treasury-1", wire.CorridorChange{PayerCountry: "HK", MerchantCountry: "JP", Limit: limit}},
			{"CorridorChange", wire.KindCorridorSet, "treasury-1", wire.CorridorChange{
				PayerCountry: "HK", MerchantCountry: "JP", Limit: limit, Minimum: &limit, Wallets: []string{"HK-WALLET"},
				Hours: "sat 22:00-02:00 Europe/Paris", Closed: true,
			}},
			{"CodeChange", wire.KindCodeSet, "operations-1", wire.CodeChange{
				ParticipantID: "JP-ACQUIRER", Mode: "PushPayment", Identifier: "pix", AliasHash: aliasKey.Hash("pix", "x"),
			}},
			{"CodeRemoval", wire.KindCodeRemove, "operations-1", wire.CodeRemoval{Prefix: "https://pay.example/"}},
			{"IssuerPrefix", wire.KindIssuerRemove, "operations-1", wire.IssuerPrefix{ParticipantID: "HK-NETWORK", Prefix: "2810"}},
			{"RegistrationChange", wire.KindRegistrationSet, "operations-1", wire.RegistrationChange{
				ParticipantID: "JP-ACQUIRER", Registration: "REVIEWED",
			}},
			{"NoticesChange", wire.KindNoticesSet, "operations-1", wire.NoticesChange{
				ParticipantID: "JP-ACQUIRER", Notices: "UNTOLD",
			}},
			{"MerchantDecision", wire.KindMerchantDecide, "compliance-1", wire.MerchantDecision{
				ParticipantID: "JP-ACQUIRER", RequestID: "R-1", WalletID: "HK-WALLET", Status: "REFUSED", Why: "no licence",
			}},
			{"PersonErasure", wire.KindPersonErase, "operations-1", wire.PersonErasure{PaymentID: b.pay("PR-E")}},
			{"DisputeDecision", wire.KindDisputeDecide, "operations-1", b.decision()},
			{"EndpointChange", wire.KindEndpointSet, "operations-1", wire.EndpointChange{
				ParticipantID: "HK-WALLET", Endpoint: "https://new.example",
			}},
			{"KeyAddition", wire.KindKeyAdd, "operations-1", wire.KeyAddition{
				ParticipantID: "HK-WALLET", Version: 2, PublicKey: publicKeys(t)["p-256"],
			}},
			{"KeyRetirement", wire.KindKeyRetire, "operations-1", wire.KeyRetirement{ParticipantID: "HK-WALLET", Version: 1}},
			{"LimitsChange", wire.KindLimitsSet, "operations-1", wire.LimitsChange{ParticipantID: "HK-WALLET"}},
			{"ResolveChange", wire.KindPaymentResolve, "operations-1", wire.ResolveChange{PaymentID: b.hold("PR-1"), Outcome: "PAID"}},
			{"OperatorAddition", wire.KindOperatorAdd, "admin-1", wire.OperatorAddition{Name: "x", Roles: []string{"admin"}, TokenHash: hash}},
			{"OperatorRemoval", wire.KindOperatorDeactivate, "admin-1", wire.OperatorRemoval{OperatorID: b.me("viewer-1")}},
			{"Rate", wire.KindRateSet, "treasury-1", wire.Rate{UnitCurrency: "EUR", QuotedCurrency: "USD", Bid: "1.1", Ask: "1.2",
				ObservedAt: b.clock.Now()}},
			{"PairChange", wire.KindPairStop, "treasury-1", wire.PairChange{Pair: "EUR/USD", Why: "news"}},
			{"SourceChange", wire.KindSourceSuspend, "treasury-1", wire.SourceChange{Source: "BANK", Why: "news"}},
			{"RuleChange", wire.KindRuleSet, "treasury-1", springRule(b.clock.Now())},
			{"RoundingChange", wire.KindRoundingSet, "treasury-1", wire.RoundingChange{Currency: "JPY", Rounding: "down"}},
			{"LimitChange", wire.KindLimitSet, "treasury-1", wire.LimitChange{Limit: limit}},
			{"DealChange", wire.KindDealBook, "treasury-1", wire.DealChange{Counterparty: "BANK", Reference: "D-1", Buy: limit,
				Sell: wire.Amount{Currency: "HKD", Minor: "1"}, ValueDate: "2026-04-15"}},
			{"ConfirmChange", wire.KindSettlementConfirm, "treasury-1", b.fromBank(owed.Obligations[0], "E-1", 1)},
			{"ObligationChange", wire.KindObligationMove, "treasury-1",
				wire.ObligationChange{ObligationID: owed.Obligations[0].ID, Why: "agreed"}},
			{"WindowAbort", wire.KindWindowAbort, "treasury-1", wire.WindowAbort{WindowID: owed.Window.ID, Why: "agreed"}},
			{"FeeLine", wire.KindFeeScheduleSet, "treasury-1", feeLine(b)},
			{"AdjustmentChange", wire.KindAdjustmentPost, "treasury-1", wire.AdjustmentChange{DebitID: "HK-WALLET",
				CreditID: "HUB", Amount: wire.Amount{Currency: "HKD", Minor: "1"}, Why: "dispute", Link: owed.Obligations[0].ID}},
			{"PrefundingChange", wire.KindPrefundingReceive, "treasury-1", prefundingOf("100", "CAMT-1")},
			{"ListAcceptance", wire.KindListAccept, "compliance-1", refusedVersion},
			{"ListRetirement", wire.KindListRetire, "compliance-1", b.abandonedList()},
			{"PrefundingCorrection", wire.KindPrefundingCorrect, "treasury-1", b.correction(1)},
			{"ModelChange", wire.KindModelSet, "treasury-1", wire.ModelChange{ParticipantID: "HK-WALLET", Currency: "HKD", Model: "PREFUNDED"}},
			{"ThresholdsChange", wire.KindThresholdsSet, "treasury-1", wire.ThresholdsChange{Percents: []int16{50}}},
		} {
			p, err := b.as(c.who).Propose(context.Background(), c.kind, c.change)
			if err != nil {
				t.Errorf("%s: %v", c.kind, err)
				continue
			}
			var value any
			if err := json.Unmarshal(p.Change, &value); err != nil {
				t.Fatal(err)
			}
			if err := validate(doc, doc.Components.Schemas[c.schema].Value, value); err != nil {
				t.Errorf("%s: %v", c.kind, err)
			}
			if p.Description == "" || p.Description == p.Kind {
				t.Errorf("%s: described as %q", c.kind, p.Description)
			}
		}
	})
}
