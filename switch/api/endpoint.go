package api

import (
	_ "embed"
	"net/http"

	"github.com/causeway-pay/causeway/settlement/recon"
)

// endpoint is one operation of the API.
type endpoint struct {
	method, path string
	// roles are those of which the caller needs one; nil means that anyone may
	// call.
	roles []Role
	serve func(s *server, c call) (answer, error)
}

// bodyLimit bounds the body of an endpoint: the usual one, but for statements.
func (e endpoint) bodyLimit() int64 {
	if e.path == pathStatements {
		return recon.StatementMax
	}
	return bodyMax
}

// pathStatements is where statements of banks and partners are sent.
const pathStatements = "/v1/reconciliation/statements"

// Groups of roles.
func anyRole() []Role   { return []Role{Viewer, Treasury, Compliance, Operations, Admin} }
func deciders() []Role  { return []Role{Treasury, Compliance, Operations, Admin} }
func confidant() []Role { return []Role{Compliance, Operations} }

// endpoints is the whole API. The document openapi.json says the same, and a
// test keeps them together.
func endpoints() []endpoint {
	const get, post = http.MethodGet, http.MethodPost
	return append(directoryEndpoints(), []endpoint{
		{get, "/openapi.json", nil, (*server).document},
		{get, "/v1/me", anyRole(), (*server).me},
		{get, "/v1/operators", anyRole(), (*server).operators},
		{get, "/v1/payments", anyRole(), (*server).payments},
		{get, "/v1/payments/summary", anyRole(), (*server).summary},
		{get, "/v1/payments/{id}", anyRole(), (*server).payment},
		{get, "/v1/payments/{id}/messages", anyRole(), (*server).paymentMessages},
		{get, "/v1/payments/{id}/messages/{message}", confidant(), (*server).paymentMessage},
		{get, "/v1/messages", anyRole(), (*server).messages},
		{get, "/v1/messages/{message}", []Role{Treasury, Compliance, Operations}, (*server).message},
		{get, "/v1/participants", anyRole(), (*server).participants},
		{get, "/v1/corridors", anyRole(), (*server).corridors},
		{get, "/v1/positions", anyRole(), (*server).positions},
		{get, "/v1/windows", anyRole(), (*server).windows},
		{get, "/v1/windows/{id}", anyRole(), (*server).window},
		{post, "/v1/windows/close", []Role{Treasury}, (*server).closeWindow},
		{get, "/v1/windows/{id}/settlement", anyRole(), (*server).settlement},
		{post, "/v1/windows/{id}/instruct", []Role{Treasury}, (*server).instruct},
		{get, "/v1/obligations", anyRole(), (*server).grossObligations},
		{get, "/v1/obligations/{id}", anyRole(), (*server).obligation},
		{get, "/v1/settlement/unmatched", anyRole(), (*server).unmatched},
		{get, "/v1/windows/{id}/files", anyRole(), (*server).reportFiles},
		{get, "/v1/reports/{id}", []Role{Treasury, Compliance, Operations}, (*server).reportFile},
		{get, "/v1/deliveries", anyRole(), (*server).deliveries},
		{post, "/v1/deliveries/retry", []Role{Treasury, Operations}, (*server).redeliver},
		{get, "/v1/explain", anyRole(), (*server).explain},
		{post, pathStatements, []Role{Treasury}, (*server).takeStatements},
		{get, "/v1/reconciliation/totals", anyRole(), (*server).reconciliationTotals},
		{get, "/v1/reconciliation/breaks", anyRole(), (*server).breaks},
		{get, "/v1/reconciliation/breaks/{id}", anyRole(), (*server).breakFile},
		{post, "/v1/reconciliation/breaks/{id}/comments", []Role{Treasury, Operations}, (*server).commentBreak},
		{post, "/v1/reconciliation/breaks/{id}/owner", []Role{Treasury}, (*server).ownBreak},
		{post, "/v1/reconciliation/breaks/{id}/explain", []Role{Treasury}, (*server).explainBreak},
		{get, "/v1/fees/schedules", anyRole(), (*server).feeSchedules},
		{get, "/v1/ledger/balances", anyRole(), (*server).balances},
		{get, "/v1/ledger/entries", anyRole(), (*server).accountEntries},
		{get, "/v1/dead-letters", anyRole(), (*server).deadLetters},
		{post, "/v1/dead-letters/{id}/replay", []Role{Operations}, (*server).replay},
		{get, "/v1/proposals", anyRole(), (*server).proposals},
		{post, "/v1/proposals", deciders(), (*server).propose},
		{get, "/v1/proposals/{id}", anyRole(), (*server).proposal},
		{post, "/v1/proposals/{id}/approve", deciders(), (*server).approve},
		{post, "/v1/proposals/{id}/reject", deciders(), (*server).reject},
		{get, "/v1/audit", anyRole(), (*server).audit},
		{get, "/v1/screening", anyRole(), (*server).screening},
		{get, "/v1/lists", anyRole(), (*server).lists},
		{get, "/v1/lists/changes", anyRole(), (*server).listChanges},
		{get, "/v1/lists/entry", []Role{Compliance}, (*server).listEntry},
		{get, "/v1/policy", anyRole(), (*server).policies},
		{get, "/v1/policy/shadow", anyRole(), (*server).shadow},
		{post, "/v1/policy/try", []Role{Compliance}, (*server).tryPolicy},
		{get, "/v1/cases", anyRole(), (*server).cases},
		{get, "/v1/cases/{id}", []Role{Compliance}, (*server).caseFile},
		{post, "/v1/cases/{id}/comments", []Role{Compliance}, (*server).comment},
		{post, "/v1/cases/{id}/assignee", []Role{Compliance}, (*server).assign},
		{get, "/v1/fx/rates", anyRole(), (*server).rates},
		{post, "/v1/fx/rates", []Role{Provider}, (*server).pushRates},
		{get, "/v1/fx/rates/history", anyRole(), (*server).rateHistory},
		{get, "/v1/fx/tariff", anyRole(), (*server).tariff},
		{post, "/v1/fx/quotes", []Role{Treasury, Operations}, (*server).makeQuote},
		{get, "/v1/fx/quotes/{id}", anyRole(), (*server).quote},
		{get, "/v1/fx/book", anyRole(), (*server).book},
		{get, "/v1/fx/book/history", anyRole(), (*server).bookHistory},
		{post, "/v1/fx/book/close", []Role{Treasury}, (*server).closeBook},
	}...)
}

// directoryEndpoints are about whose codes lead where, and what becomes of merchants,
// disputes and declarations, and about persons.
func directoryEndpoints() []endpoint {
	const get, post = http.MethodGet, http.MethodPost
	return []endpoint{
		{get, "/v1/customs/declarations", anyRole(), (*server).declarations},
		{get, "/v1/directory/codes", anyRole(), (*server).codes},
		{get, "/v1/directory/issuers", anyRole(), (*server).issuers},
		{get, "/v1/directory/versions", anyRole(), (*server).directoryVersions},
		{get, "/v1/disputes", anyRole(), (*server).disputes},
		{get, "/v1/disputes/{id}", []Role{Treasury, Compliance, Operations}, (*server).disputeFile},
		{get, "/v1/merchants", anyRole(), (*server).merchants},
		{get, "/v1/merchants/registration", confidant(), (*server).merchantFile},
		{post, "/v1/persons/known", []Role{Compliance}, (*server).known},
		{get, "/v1/persons/erasures", anyRole(), (*server).erasures},
	}
}

//go:embed openapi.json
var openAPI []byte

// document serves the description of the API itself.
func (s *server) document(call) (answer, error) {
	return answer{status: http.StatusOK, raw: openAPI, media: mediaJSON}, nil
}
