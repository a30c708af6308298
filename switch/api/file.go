package api

import (
	"time"

	"github.com/causeway-pay/causeway/compliance"
	"github.com/causeway-pay/causeway/compliance/match"
	"github.com/causeway-pay/causeway/compliance/rules"
	"github.com/causeway-pay/causeway/compliance/watchlist"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/switch/api/wire"
	"github.com/causeway-pay/causeway/switch/engine"
)

func paymentOf(r engine.Record) wire.Payment {
	due := r.DueAt
	if r.Duty == engine.DutyNone {
		due = time.Time{}
	}
	return wire.Payment{
		ID: r.ID, Region: r.Region, Version: r.Version, State: string(r.State), Mode: string(r.Mode),
		AcquirerID: r.AcquirerID, RequestID: r.RequestID, WalletID: r.WalletID, WalletPaymentID: r.WalletPaymentID,
		Reason: reasonOf(r.Reason), Amount: wire.AmountOf(r.Amount), PayerAmount: wire.AmountIf(r.PayerAmount),
		MerchantAmount: wire.AmountIf(r.MerchantAmount), Fee: wire.AmountIf(r.Fee), WindowID: r.WindowID,
		Duty: string(r.Duty), DutyAttempts: r.DutyAttempts, DueAt: due, ExpiresAt: r.ExpiresAt,
		CreatedAt: r.CreatedAt, CompletedAt: r.CompletedAt,
	}
}

func reasonOf(kind reason.Kind) string {
	if kind == reason.None {
		return ""
	}
	return kind.String()
}

// fileOf shows persons, and what lists say about them, only to those who are to
// know.
func fileOf(file engine.File, entries []ledger.Entry, decisions []compliance.Decision,
	confidential bool) wire.PaymentFile {
	shown := wire.PaymentFile{
		Payment: paymentOf(file.Payment), Notified: file.Notified, Told: file.Told, Returns: each(file.Returns, returnOf),
		History: each(file.History, changeOf), Entries: each(entries, entryOf), Messages: messagesOf(file.Messages),
		Decisions: each(decisions, func(d compliance.Decision) wire.Decision { return decisionOf(d, confidential) }),
	}
	if confidential {
		shown.Parties = partiesOf(file.Payment)
	}
	return shown
}

func partiesOf(r engine.Record) *wire.Parties {
	return &wire.Parties{
		PayerName: r.Detail.PayerName, PayerReference: r.PayerReference,
		MerchantName: r.Detail.Transfer.Creditor.Name, MerchantID: r.Detail.Transfer.Creditor.OtherID,
	}
}

func returnOf(r engine.ReturnRecord) wire.Return {
	return wire.Return{
		ID: r.ID, Version: r.Version, State: string(r.State), Kind: r.Kind, RequestID: r.RequestID,
		Reason: reasonOf(r.Reason), Amount: wire.AmountOf(r.Amount), PayerAmount: wire.AmountIf(r.Detail.Payer.Amount),
		MerchantAmount: wire.AmountIf(r.Detail.Merchant.Amount), WindowID: r.WindowID, CreatedAt: r.CreatedAt,
		CompletedAt: r.CompletedAt,
	}
}

func changeOf(c engine.Change) wire.Change {
	return wire.Change{
		SubjectID: c.SubjectID, Version: c.Version, Event: c.Event, State: c.State, Effects: c.Effects,
		Reason: reasonOf(c.Reason), Contradiction: c.Contradiction, At: c.At,
	}
}

func entryOf(e ledger.Entry) wire.Entry {
	return wire.Entry{
		ID: e.ID, SubjectID: e.SubjectID, Sequence: e.Sequence, Kind: string(e.Kind),
		Debit: e.Debit.ID(e.Amount.Currency), Credit: e.Credit.ID(e.Amount.Currency), Amount: wire.AmountOf(e.Amount),
		WindowID: e.WindowID, BookedAt: e.BookedAt,
	}
}

func decisionOf(d compliance.Decision, confidential bool) wire.Decision {
	shown := wire.Decision{
		ID: d.ID, Outcome: string(d.Outcome), Hits: []wire.Hit{}, ListVersion: d.ListVersion,
		EngineVersion: d.EngineVersion, PolicyVersion: d.PolicyVersion, Reason: reasonOf(d.Reason), DecidedAt: d.DecidedAt,
	}
	if confidential {
		shown.Hits = each(d.Findings.Hits, func(h watchlist.Hit) wire.Hit {
			return wire.Hit{
				Role: h.Role, List: h.List, Entry: h.Entry, ScoreBasisPoints: h.Score, ListVersion: h.Version,
				Kind: string(h.Kind), Programmes: h.Programmes, NameScoreBasisPoints: h.NameScore,
				Reasons: each(h.Reasons, func(r match.Reason) wire.HitReason { return wire.HitReason{What: r.What, BasisPoints: r.Change} }),
			}
		})
		shown.Rules = each(d.Findings.Rules, func(h rules.Hit) string { return h.Rule })
		for _, group := range d.Findings.Missing {
			shown.Missing = append(shown.Missing, string(group[0]))
		}
		for _, role := range d.Findings.Unreadable {
			shown.Missing = append(shown.Missing, role+".name in letters that are read")
		}
		shown.Limit = d.Findings.Limit
	}
	return shown
}

func messagesOf(messages []engine.Message) []wire.Message {
	shown := make([]wire.Message, 0, len(messages))
	for i, m := range messages {
		shown = append(shown, messageOf(m))
		shown[i].Number = i + 1
	}
	return shown
}

func messageOf(m engine.Message) wire.Message {
	return wire.Message{
		ID: m.ID, PairID: m.PairID, PaymentID: m.PaymentID, ReturnID: m.ReturnID, WindowID: m.WindowID,
		PartnerID: m.PartnerID, Leg: string(m.Leg), Direction: m.Direction, Name: m.Name, Bytes: len(m.Body), At: m.At,
	}
}
