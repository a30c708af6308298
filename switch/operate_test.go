package main

import (
	"net/http"
	"net/http/httptest"
)

// cannedToken is the token that the canned hub knows.
const cannedToken = "cwo_BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB"

// canned are the answers of a hub that always stands still, by path. The shapes
// are those of the operators' API.
var canned = map[string]string{
	"/v1/me": `{"id":"01890000-0000-7000-8000-000000000001","name":"tessa","roles":["viewer","treasury"],"active":true,
		"created_at":"2026-01-02T03:04:05Z"}`,
	"/v1/payments": `{"payments":[
		{"id":"01890000-0000-7000-8000-00000000000a","region":"asia-1","version":2,"state":"POSTED","mode":"PaymentCode",
		 "acquirer_id":"JP-ACQUIRER","request_id":"PR-1","wallet_id":"HK-WALLET","duty":"NONE","duty_attempts":0,
		 "amount":{"currency":"JPY","minor":"1500","decimal":"1500"},"created_at":"2026-01-02T03:04:05Z"},
		{"id":"01890000-0000-7000-8000-00000000000b","region":"asia-1","version":1,"state":"REJECTED","mode":"OrderCode",
		 "acquirer_id":"SG-ACQUIRER","request_id":"PR-2","duty":"NONE","duty_attempts":0,"reason":"REGULATION",
		 "amount":{"currency":"SGD","minor":"1234567","decimal":"12345.67"},"created_at":"2026-01-02T03:04:04Z"}],
		"next":"abc"}`,
	"/v1/positions": `{"positions":[
		{"participant_id":"HK-WALLET","currency":"HKD","cap":{"currency":"HKD","minor":"1000000","decimal":"10000.00"},
		 "posted":{"currency":"HKD","minor":"7387","decimal":"73.87"},"reserved":{"currency":"HKD","minor":"0","decimal":"0.00"},
		 "headroom":{"currency":"HKD","minor":"992613","decimal":"9926.13"}},
		{"participant_id":"JP-ACQUIRER","currency":"JPY","cap":{"currency":"JPY","minor":"1000000","decimal":"1000000"},
		 "posted":{"currency":"JPY","minor":"-1488","decimal":"-1488"},"reserved":{"currency":"JPY","minor":"0","decimal":"0"},
		 "headroom":{"currency":"JPY","minor":"1001488","decimal":"1001488"}}]}`,
	"/v1/windows": `{"windows":[
		{"id":"01890000-0000-7000-8000-00000000000c","region":"asia-1","number":12,"state":"OPEN",
		 "opened_at":"2026-01-02T03:04:05Z","changed_at":"2026-01-02T03:04:05Z"},
		{"id":"01890000-0000-7000-8000-00000000000d","region":"asia-1","number":9,"state":"INSTRUCTED",
		 "opened_at":"2026-01-01T03:04:05Z","changed_at":"2026-01-02T03:04:05Z"}]}`,
	"/v1/windows/close": `{"window_id":"01890000-0000-7000-8000-00000000000c"}`,
	"/v1/dead-letters":  `{"dead_letters":[]}`,
	"/v1/payments/01890000-0000-7000-8000-00000000000a/messages": `{"messages":[` + cannedMessages + `]}`,
	"/v1/messages?uetr=01890000-0000-4000-8000-00000000000a":     `{"messages":[` + cannedMessages + `]}`,
	"/v1/messages?limit=2&participant=HK-WALLET&window=01890000-0000-7000-8000-00000000000d": `{"messages":[
		{"id":"01890000-0000-5000-8000-000000000031","pair_id":"01890000-0000-5000-8000-000000000031",
		 "window_id":"01890000-0000-7000-8000-00000000000d","partner_id":"HK-WALLET","direction":"OUT",
		 "name":"pacs.009.001.12","bytes":1100,"at":"2026-01-02T17:00:00Z"},
		{"id":"01890000-0000-5000-8000-000000000032","pair_id":"01890000-0000-5000-8000-000000000032",
		 "window_id":"01890000-0000-7000-8000-00000000000d","partner_id":"HK-WALLET","direction":"OUT",
		 "name":"camt.053.001.13","bytes":204800,"at":"2026-01-02T17:00:00Z"}],"next":"2"}`,
	"/v1/messages/01890000000050008000000000000022": "<?xml version=\"1.0\"?>\n<Document>\t\u00e9 &amp;</Document>\n",
}

// cannedMessages are a request in two languages, and an answer in one.
const cannedMessages = `
	{"id":"01890000-0000-5000-8000-000000000021","pair_id":"01890000-0000-5000-8000-000000000022","number":1,
	 "payment_id":"01890000-0000-7000-8000-00000000000a","partner_id":"JP-ACQUIRER","leg":"acquirer","direction":"IN",
	 "name":"alipayplus.pay","bytes":412,"at":"2026-01-02T03:04:05.123Z"},
	{"id":"01890000-0000-5000-8000-000000000022","pair_id":"01890000-0000-5000-8000-000000000022","number":2,
	 "payment_id":"01890000-0000-7000-8000-00000000000a","partner_id":"JP-ACQUIRER","leg":"acquirer","direction":"IN",
	 "name":"pacs.008.001.13","bytes":2240,"at":"2026-01-02T03:04:05.123Z"},
	{"id":"01890000-0000-5000-8000-000000000023","number":3,
	 "payment_id":"01890000-0000-7000-8000-00000000000a","partner_id":"HK-WALLET","leg":"wallet","direction":"OUT",
	 "name":"alipayplus.notifyPayment.answer","bytes":80,"at":"2026-01-02T03:04:06Z"}`

// newCannedHub serves the canned answers to whoever has the token.
func newCannedHub() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		body, known := canned[r.URL.RequestURI()]
		if !known {
			body, known = canned[r.URL.Path]
		}
		switch {
		case r.Header.Get("Authorization") != "Bearer "+cannedToken:
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusUnauthorized)
			body = `{"type":"about:blank","title":"Unauthorized","status":401,"reason":"ACCESS_DENIED","trace_id":"0"}`
		case !known:
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusNotFound)
			body = `{"type":"about:blank","title":"Not Found","status":404,"reason":"NOT_FOUND","trace_id":"0"}`
		}
		_, _ = w.Write([]byte(body))
	}))
}
