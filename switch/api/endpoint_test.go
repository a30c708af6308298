package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/telemetry"
	"github.com/causeway-pay/causeway/switch/api"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// answered is an answer as it came over the wire.
type answered struct {
	status  int
	header  http.Header
	body    string
	problem wire.Problem
}

// send makes a request with any headers, checked like those of the client.
func (b *bench) send(method, path, body string, header http.Header) answered {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), method, b.server.URL+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	request.Header = header.Clone()
	response, err := (&http.Client{Transport: b.checked}).Do(request)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	a := answered{status: response.StatusCode, header: response.Header, body: string(data)}
	if response.Header.Get("Content-Type") == "application/problem+json" {
		if err := json.Unmarshal(data, &a.problem); err != nil {
			b.t.Fatal(err)
		}
	}
	return a
}

func bearer(token telemetry.Personal) http.Header {
	return http.Header{"Authorization": {"Bearer " + string(token)}, "Content-Type": {"application/json"}}
}

// concrete fills the parameters of a path with ids that nobody has.
func concrete(path string) string {
	return strings.NewReplacer("{id}", ids.New().String(), "{message}", ids.New().String()).Replace(path)
}

// TestMatrix asks every endpoint as everybody: nobody, strangers, participants,
// and each role.
func TestMatrix(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.cutOff = func(context.Context, string) (ids.ID, error) { return ids.New(), nil }
		strangers := map[string]http.Header{
			"no token":            {},
			"empty token":         {"Authorization": {"Bearer "}},
			"unknown token":       bearer(api.NewToken()),
			"token without name":  {"Authorization": {string(b.tokens["admin-1"])}},
			"basic with token":    {"Authorization": {"Basic " + string(b.tokens["admin-1"])}},
			"token and more":      bearer(b.tokens["admin-1"] + "A"),
			"token cut short":     bearer(b.tokens["admin-1"][:46]),
			"token in other case": bearer(telemetry.Personal(strings.ToUpper(string(b.tokens["admin-1"])))),
			"two tokens": {"Authorization": {
				"Bearer " + string(b.tokens["admin-1"]), "Bearer " + string(b.tokens["viewer-1"])}},
			"participant": {
				"Client-Id": {"CLIENT-HK-WALLET"}, "Signature": {"algorithm=RSA256, keyVersion=1, signature=abc"},
				"Request-Time": {"2026-01-02T00:00:00Z"}, "Content-Type": {"application/json; charset=UTF-8"},
			},
			"client id as token": bearer("CLIENT-HK-WALLET"),
		}
		for _, r := range api.Routes() {
			name := r.Method + " " + r.Path
			if r.Roles == nil {
				if a := b.send(r.Method, r.Path, "", http.Header{}); a.status != 200 {
					t.Errorf("%s without token: %d", name, a.status)
				}
				continue
			}
			b.refusesStrangers(name, r, strangers)
			b.refusesRoles(name, r)
		}
	})
}

func (b *bench) refusesStrangers(name string, r api.Route, strangers map[string]http.Header) {
	b.t.Helper()
	first := ""
	for who, header := range strangers {
		a := b.send(r.Method, concrete(r.Path), "{}", header)
		a.problem.TraceID = ""
		same, _ := json.Marshal(a.problem)
		if first == "" {
			first = string(same)
		}
		if a.status != 401 || a.problem.Reason != "Unauthenticated" || string(same) != first {
			b.t.Errorf("%s with %s: %d %s", name, who, a.status, a.body)
		}
		if a.header.Get("WWW-Authenticate") == "" {
			b.t.Errorf("%s with %s: no challenge", name, who)
		}
	}
}

func (b *bench) refusesRoles(name string, r api.Route) {
	b.t.Helper()
	for _, role := range api.Roles() {
		a := b.send(r.Method, concrete(r.Path), "{}", bearer(b.tokens[string(role)+"-1"]))
		admitted := a.status != 401 && a.status != 403
		if admitted != slices.Contains(r.Roles, role) || a.status >= 500 {
			b.t.Errorf("%s as %s: %d %s", name, role, a.status, a.body)
		}
		if !admitted && (a.problem.Reason != "AccessDenied" || a.problem.TraceID == "" || a.problem.Title == "") {
			b.t.Errorf("%s as %s: %s", name, role, a.body)
		}
	}
}

// TestEveryEndpoint calls every operation with something to show; each answer is
// checked against the document.
func TestEveryEndpoint(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		paid := b.pay("PR-1")
		letter := b.bury(paid)
		b.hold("PR-2")
		b.readsPayments(paid)
		b.readsMoney()
		b.readsMessages(paid)
		b.readsPeople()
		b.readsExchange()
		if err := b.as("operations-1").Replay(t.Context(), letter); err != nil {
			t.Error(err)
		}
		b.decides()
		b.readsCompliance()
		b.readsSettlement()
		b.readsReports()
		b.readsBreaks()
		b.readsDisputes(paid)
		b.readsAnEntry()
		_, refused := b.refusedVersion()
		if _, err := b.as("viewer-1").ListChanges(t.Context(), refused.List, refused.Version, client.Page{}); err != nil {
			t.Error(err)
		}
		for _, r := range api.Routes() {
			good := 0
			for _, status := range []string{"200", "201", "204"} {
				good += b.checked.seen[r.Method+" "+r.Path+" "+status]
			}
			if good == 0 {
				t.Errorf("%s %s was never answered well", r.Method, r.Path)
			}
		}
	})
}

func (b *bench) readsPayments(paid ids.ID) {
	t, ctx := b.t, b.t.Context()
	t.Helper()
	summary, err := b.as("viewer-1").Summary(ctx)
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int64{}
	for _, s := range summary.States {
		counts[s.State] = s.Count
	}
	if len(counts) != 11 || counts["POSTED"] != 1 || counts["HELD"] != 1 {
		t.Errorf("counts %v", counts)
	}
	file, err := b.as("operations-1").Payment(ctx, paid)
	if err != nil {
		t.Fatal(err)
	}
	want := wire.Parties{PayerName: payerName, PayerReference: "U1", MerchantName: "Ginza Tea House", MerchantID: "M-77"}
	if diff := cmp.Diff(&want, file.Parties); diff != "" {
		t.Errorf("parties: %s", diff)
	}
	if file.Payment.Amount != (wire.Amount{Currency: "JPY", Minor: "1500", Decimal: "1500"}) ||
		file.Payment.State != "POSTED" {
		t.Errorf("payment %+v", file.Payment)
	}
	if len(file.Entries) < 2 || len(file.Decisions) != 1 || len(file.History) == 0 || file.Payment.CompletedAt.IsZero() {
		t.Errorf("file %+v", file)
	}
	body, err := b.as("compliance-1").PaymentMessage(ctx, paid, 1)
	if err != nil || len(body) != file.Messages[0].Bytes || len(body) == 0 {
		t.Errorf("message %q, %v; listed %+v", body, err, file.Messages)
	}
	// Without the role the same file names nobody.
	a := b.send("GET", "/v1/payments/"+paid.String(), "", bearer(b.tokens["viewer-1"]))
	if a.status != 200 || strings.Contains(a.body, payerName) || strings.Contains(a.body, "Ginza") {
		t.Errorf("a viewer reads %s", a.body)
	}
	if a := b.send("GET", "/v1/payments", "", bearer(b.tokens["operations-1"])); strings.Contains(a.body, payerName) {
		t.Error("a list names a payer")
	}
}

func (b *bench) readsMoney() {
	t, ctx, c := b.t, b.t.Context(), b.as("viewer-1")
	t.Helper()
	positions, err := c.Positions(ctx)
	if err != nil || len(positions.Positions) != 2 {
		t.Fatalf("%+v, %v", positions, err)
	}
	hk := positions.Positions[0]
	if hk.ParticipantID != "HK-WALLET" || hk.Cap.Decimal != "500000.00" || hk.Reserved.Minor == "0" {
		t.Errorf("position %+v", hk)
	}
	balances, err := c.Balances(ctx)
	if err != nil || len(balances.Balances) == 0 {
		t.Errorf("%+v, %v", balances, err)
	}
	entries, err := c.AccountEntries(ctx, "HK-WALLET.POSITION.HKD", "", 10)
	if err != nil || len(entries.Entries) != 1 || entries.Entries[0].DebitAccount != "HK-WALLET.POSITION.HKD" {
		t.Errorf("%+v, %v", entries, err)
	}
	windows, err := c.Windows(ctx, 1)
	if err != nil || len(windows.Windows) != 1 || windows.Windows[0].State != "OPEN" {
		t.Fatalf("%+v, %v", windows, err)
	}
	closed, err := b.as("treasury-1").CloseWindow(ctx)
	if err != nil || closed.WindowID != windows.Windows[0].ID {
		t.Fatalf("%+v, %v", closed, err)
	}
	file, err := c.Window(ctx, closed.WindowID)
	if err != nil || file.Window.State != "CLOSED" || len(file.Nets) == 0 {
		t.Errorf("%+v, %v", file, err)
	}
	letters, err := c.DeadLetters(ctx, 0)
	if err != nil || len(letters.DeadLetters) != 1 {
		t.Errorf("%+v, %v", letters, err)
	}
}

func (b *bench) readsPeople() {
	t, ctx, c := b.t, b.t.Context(), b.as("viewer-1")
	t.Helper()
	participants, err := c.Participants(ctx)
	if err != nil || len(participants.Participants) != 2 || participants.Participants[0].ID != "HK-WALLET" {
		t.Errorf("%+v, %v", participants, err)
	}
	versions, err := c.DirectoryVersions(ctx, client.Page{})
	if err != nil || versions.Present != 0 || len(versions.Versions) != 0 {
		t.Errorf("%+v, %v", versions, err)
	}
	if codes, err := c.Codes(ctx); err != nil || codes.Codes == nil || len(codes.Codes) != 0 {
		t.Errorf("%+v, %v", codes, err)
	}
	if issuers, err := c.Issuers(ctx); err != nil || issuers.Issuers == nil || len(issuers.Issuers) != 0 {
		t.Errorf("%+v, %v", issuers, err)
	}
	corridors, err := c.Corridors(ctx)
	if err != nil || len(corridors.Corridors) != 1 || corridors.Corridors[0].Limit.Minor != "1000000" {
		t.Errorf("%+v, %v", corridors, err)
	}
	screening, err := c.Screening(ctx)
	if err != nil || screening != (wire.Screening{ListVersion: "v1", Names: 1}) {
		t.Errorf("%+v, %v", screening, err)
	}
	me, err := c.Me(ctx)
	if err != nil || me.Name != "viewer-1" || !me.Active || !slices.Equal(me.Roles, []string{"viewer"}) {
		t.Errorf("%+v, %v", me, err)
	}
	operators, err := c.Operators(ctx)
	if err != nil || len(operators.Operators) != 12 {
		t.Errorf("%+v, %v", operators, err)
	}
	served, err := (&client.Client{BaseURL: b.server.URL + "/"}).Document(ctx)
	if err != nil || !strings.Contains(string(served), `"openapi": "3.1.0"`) {
		t.Errorf("document: %v", err)
	}
	b.send("GET", "/openapi.json", "", http.Header{})
}

func (b *bench) decides() {
	t, ctx := b.t, b.t.Context()
	t.Helper()
	change := wire.ParticipantChange{ParticipantID: "HK-WALLET"}
	first, err := b.as("operations-1").Propose(ctx, wire.KindParticipantSuspend, change)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.as("compliance-1").Approve(ctx, first.ID, first.ChangeHash); err != nil {
		t.Error(err)
	}
	second, err := b.as("operations-1").Propose(ctx, wire.KindParticipantResume, change)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.as("compliance-1").Reject(ctx, second.ID); err != nil {
		t.Error(err)
	}
	list, err := b.as("viewer-1").Proposals(ctx, "APPROVED", client.Page{})
	if err != nil || len(list.Proposals) != 1 || list.Proposals[0].ID != first.ID {
		t.Errorf("%+v, %v", list, err)
	}
	got, err := b.as("viewer-1").Proposal(ctx, second.ID)
	if err != nil || got.State != "REJECTED" || got.DeciderID != b.me("compliance-1") {
		t.Errorf("%+v, %v", got, err)
	}
	if entries, err := b.as("viewer-1").Audit(ctx, client.Page{}); err != nil || len(entries.Entries) == 0 {
		t.Errorf("%+v, %v", entries, err)
	}
	if list, err := b.as("viewer-1").
		Payments(ctx, client.PaymentFilter{State: "HELD"}); err != nil ||
		len(list.Payments) != 1 {
		t.Errorf("%+v, %v", list, err)
	}
}

// TestUnknownIDs: whatever an id was to name, and whether or not it is one, the
// answer is the same.
func TestUnknownIDs(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		paid := b.pay("PR-1").String()
		hash := strings.Repeat("0", 64)
		first := ""
		for _, c := range []struct{ method, path, body, as string }{
			{"GET", "/v1/payments/" + ids.New().String(), "", "operations-1"},
			{"GET", "/v1/payments/" + ids.New().String(), "", "viewer-1"},
			{"GET", "/v1/payments/" + strings.ToUpper(paid), "", "viewer-1"},
			{"GET", "/v1/payments/{" + paid + "}", "", "viewer-1"},
			{"GET", "/v1/payments/7", "", "viewer-1"},
			{"GET", "/v1/payments/" + ids.Nil.String(), "", "viewer-1"},
			{"GET", "/v1/payments/" + ids.New().String() + "/messages/1", "", "operations-1"},
			{"GET", "/v1/payments/" + paid + "/messages/0", "", "operations-1"},
			{"GET", "/v1/payments/" + paid + "/messages/01", "", "operations-1"},
			{"GET", "/v1/payments/" + paid + "/messages/99", "", "operations-1"},
			{"GET", "/v1/payments/" + paid + "/messages/one", "", "operations-1"},
			{"GET", "/v1/payments/" + paid + "/messages/" + ids.New().String(), "", "operations-1"},
			{"GET", "/v1/payments/" + paid + "/messages/" + paid, "", "operations-1"},
			{"GET", "/v1/payments/" + ids.New().String() + "/messages", "", "viewer-1"},
			{"GET", "/v1/payments/x/messages", "", "viewer-1"},
			{"GET", "/v1/messages/" + ids.New().String(), "", "operations-1"},
			{"GET", "/v1/messages/" + ids.New().String(), "", "treasury-1"},
			{"GET", "/v1/messages/" + paid, "", "operations-1"},
			{"GET", "/v1/messages/" + strings.ReplaceAll(paid, "-", ""), "", "operations-1"},
			{"GET", "/v1/messages/1", "", "operations-1"},
			{"GET", "/v1/messages/" + strings.Repeat("G", 32), "", "operations-1"},
			{"GET", "/v1/messages?id=" + ids.New().String(), "", "viewer-1"},
			{"GET", "/v1/messages?uetr=" + ids.New().String(), "", "viewer-1"},
			{"GET", "/v1/messages?uetr=", "", "viewer-1"},
			{"GET", "/v1/windows/" + ids.New().String(), "", "viewer-1"},
			{"GET", "/v1/windows/" + paid, "", "viewer-1"},
			{"GET", "/v1/windows/x", "", "viewer-1"},
			{"GET", "/v1/proposals/" + ids.New().String(), "", "viewer-1"},
			{"POST", "/v1/proposals/" + ids.New().String() + "/approve", `{"change_hash":"` + hash + `"}`, "treasury-1"},
			{"POST", "/v1/proposals/" + ids.New().String() + "/reject", "", "treasury-1"},
			{"POST", "/v1/dead-letters/" + ids.New().String() + "/replay", "", "operations-1"},
			{"POST", "/v1/proposals", `{"kind":"payment.resolve","change":{"payment_id":"` + ids.New().String() + `","outcome":"PAID"}}`, "operations-1"},
			{"POST", "/v1/proposals", `{"kind":"operator.deactivate","change":{"operator_id":"` + paid + `"}}`, "admin-1"},
		} {
			a := b.send(c.method, c.path, c.body, bearer(b.tokens[c.as]))
			if len(a.problem.TraceID) != 32 {
				t.Errorf("%s %s: trace %q", c.method, c.path, a.problem.TraceID)
			}
			a.problem.TraceID = ""
			same, _ := json.Marshal(a.problem)
			if first == "" {
				first = string(same)
			}
			if a.status != 404 || string(same) != first {
				t.Errorf("%s %s: %d %s, want %s", c.method, c.path, a.status, a.body, first)
			}
		}
		for _, entry := range b.auditLog() {
			if strings.HasPrefix(entry.Action, "payment.") {
				t.Errorf("a read of nothing is on record: %+v", entry)
			}
		}
	})
}

// TestRefusedRequests: what the API does not offer or cannot read is answered
// with a problem.
func TestRefusedRequests(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		deep := strings.Repeat(`{"a":`, 20) + "1" + strings.Repeat("}", 20)
		long := `{"kind":"` + strings.Repeat("x", api.BodyMax) + `","change":{}}`
		plain := bearer(b.tokens["treasury-1"])
		plain.Set("Content-Type", "text/plain")
		latin := bearer(b.tokens["treasury-1"])
		latin.Set("Content-Type", "application/json; charset=iso-8859-1")
		in := bearer(b.tokens["treasury-1"])
		for _, c := range []struct {
			name, method, path, body string
			header                   http.Header
			status                   int
			reason, allow            string
		}{
			{"unknown path", "GET", "/v2/payments", "", in, 404, "UnknownInterface", ""},
			{"root", "GET", "/", "", nil, 404, "UnknownInterface", ""},
			{"double slash", "GET", "//v1/me", "", in, 404, "UnknownInterface", ""},
			{"dots", "GET", "/v1/x/../me", "", in, 404, "UnknownInterface", ""},
			{"trailing slash", "GET", "/v1/me/", "", in, 404, "UnknownInterface", ""},
			{"wrong method", "POST", "/v1/me", "", in, 405, "UnsupportedMethod", "GET"},
			{"delete", "DELETE", "/v1/audit", "", in, 405, "UnsupportedMethod", "GET"},
			{"get of a post", "GET", "/v1/dead-letters/" + ids.New().String() + "/replay", "", in, 405, "UnsupportedMethod", "POST"},
			{"put on a list", "PUT", "/v1/proposals", "", in, 405, "UnsupportedMethod", "GET POST"},
			{"unknown parameter", "GET", "/v1/payments?stat=HELD", "", in, 400, "InvalidRequest", ""},
			{"twice", "GET", "/v1/payments?limit=1&limit=2", "", in, 400, "InvalidRequest", ""},
			{"bad escape", "GET", "/v1/payments?limit=%zz", "", in, 400, "InvalidRequest", ""},
			{"unknown state", "GET", "/v1/payments?state=LOST", "", in, 400, "InvalidRequest", ""},
			{"unknown proposal state", "GET", "/v1/proposals?state=LOST", "", in, 400, "InvalidRequest", ""},
			{"limit zero", "GET", "/v1/payments?limit=0", "", in, 400, "InvalidRequest", ""},
			{"limit above", "GET", "/v1/audit?limit=501", "", in, 400, "InvalidRequest", ""},
			{"limit no number", "GET", "/v1/windows?limit=ten", "", in, 400, "InvalidRequest", ""},
			{"bad cursor", "GET", "/v1/audit?before=yesterday", "", in, 400, "InvalidRequest", ""},
			{"cursor without id", "GET", "/v1/payments?before=12.x", "", in, 400, "InvalidRequest", ""},
			{"cursor far off", "GET", "/v1/payments?before=9223372036854775807." + ids.Nil.String(), "", in, 400, "InvalidRequest", ""},
			{"too long", "POST", "/v1/proposals", long, in, 400, "InvalidRequest", ""},
			{"too deep", "POST", "/v1/proposals", `{"kind":"position.cap.set","change":` + deep + `}`, in, 400, "InvalidRequest", ""},
			{"not JSON", "POST", "/v1/proposals", "<xml/>", in, 400, "InvalidRequest", ""},
			{"empty", "POST", "/v1/proposals", "", in, 400, "InvalidRequest", ""},
			{"other media type", "POST", "/v1/proposals", "{}", plain, 415, "UnsupportedMedia", ""},
			{"other charset", "POST", "/v1/proposals", "{}", latin, 415, "UnsupportedMedia", ""},
			{"unknown kind", "POST", "/v1/proposals", `{"kind":"money.print","change":{}}`, in, 400, "InvalidRequest", ""},
		} {
			a := b.send(c.method, c.path, c.body, c.header)
			if a.status != c.status || a.problem.Reason != c.reason || a.problem.Status != c.status {
				t.Errorf("%s: %d %s", c.name, a.status, a.body)
			}
			if allow := strings.Join(a.header.Values("Allow"), " "); allow != c.allow {
				t.Errorf("%s: Allow %q", c.name, allow)
			}
			if a.header.Get("Cache-Control") != "no-store" || a.header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s: headers %v", c.name, a.header)
			}
		}
	})
}

// TestFailuresStayInside: what goes wrong inside is in the log under the trace,
// and not in the answer.
func TestFailuresStayInside(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.cutOff = func(context.Context, string) (ids.ID, error) {
			return ids.Nil, errors.New("disk of node seven is full")
		}
		_, err := b.as("treasury-1").CloseWindow(t.Context())
		var problem *client.Error
		if !errors.As(err, &problem) || problem.Problem.Status != 500 || strings.Contains(err.Error(), "disk") {
			t.Fatalf("got %v", err)
		}
		if log := b.logs.String(); !strings.Contains(log, "node seven") || !strings.Contains(log, problem.Problem.TraceID) {
			t.Error("the log does not lead to what went wrong")
		}
		b.recorded("treasury-1", "window.close", "window.close.failed")
	})
}

// TestTraceOfTheCaller: a trace that comes with a request is the one in its
// problem.
func TestTraceOfTheCaller(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		const id = "4bf92f3577b34da6a3ce929d0e0e4736"
		a := b.send("GET", "/v1/nowhere", "", http.Header{"Traceparent": {"00-" + id + "-00f067aa0ba902b7-01"}})
		if a.problem.TraceID != id {
			t.Errorf("trace %s", a.problem.TraceID)
		}
	})
}
