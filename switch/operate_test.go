package main

import (
	"net/http"
	"net/http/httptest"
)

// cannedToken is the token that the canned hub knows.
const cannedToken = "cwo_BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB"

const cannedCase = `{"id":"01890000-0000-5000-8000-0000000000c1","payment_id":"01890000-0000-7000-8000-00000000000a",
	"region":"asia-1","state":"OPEN","version":2,"held":true,"opened_at":"2026-01-02T03:04:05Z","due_at":"2026-01-02T04:04:05Z"}`

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
		 "paying":{"currency":"HKD","minor":"0","decimal":"0.00"},
		 "headroom":{"currency":"HKD","minor":"992613","decimal":"9926.13"}},
		{"participant_id":"JP-ACQUIRER","currency":"JPY","cap":{"currency":"JPY","minor":"1000000","decimal":"1000000"},
		 "posted":{"currency":"JPY","minor":"-1488","decimal":"-1488"},"reserved":{"currency":"JPY","minor":"0","decimal":"0"},
		 "paying":{"currency":"JPY","minor":"1200","decimal":"1200"},
		 "headroom":{"currency":"JPY","minor":"1000288","decimal":"1000288"}}]}`,
	"/v1/windows": `{"windows":[
		{"id":"01890000-0000-7000-8000-00000000000c","region":"asia-1","number":12,"state":"OPEN",
		 "opened_at":"2026-01-02T03:04:05Z","changed_at":"2026-01-02T03:04:05Z"},
		{"id":"01890000-0000-7000-8000-00000000000d","region":"asia-1","number":9,"state":"SETTLING",
		 "opened_at":"2026-01-01T03:04:05Z","changed_at":"2026-01-02T03:04:05Z"}]}`,
	"/v1/cases?limit=20&state=OPEN": `{"cases":[` + cannedCase + `],"next":"7.x"}`,
	"/v1/cases/01890000-0000-5000-8000-0000000000c1": `{"case":` + cannedCase + `,"decisions":[
		{"id":"01890000-0000-7000-8000-0000000000d1","outcome":"HOLD","reason":"InProcess","hits":[
		 {"role":"payer","list":"UN","entry":"QDi.001","score_basis_points":8565,"list_version":"0123456789abcdef0123456789abcdef",
		  "kind":"person","programmes":["Al-Qaida"],"name_score_basis_points":9565,
		  "reasons":[{"what":"birth-year-differs","basis_points":-1000}]}],"limit":"payer a day","missing":["debtor.birth"],"rules":["large"],"list_version":"0123456789abcdef",
		 "engine_version":"match-2","policy_version":3,"decided_at":"2026-01-02T03:04:05Z"}],"comments":[
		{"number":1,"author_id":"01890000-0000-7000-8000-000000000001","at":"2026-01-02T03:10:00Z","text":"asked the wallet"}]}`,
	"/v1/policy": `{"versions":[{"version":3,"state":"LIVE","since":"2026-01-02T03:04:05Z","document":{
		"screening":{"default":7700,"weak":1500},"review_minutes":60,"travel":[{"name":"standard","need":[["creditor.name"]]}]}}]}`,
	"/v1/policy/shadow": `{"version":4,"counts":[{"outcome":"PASS","shadow":"HOLD","decisions":12},
		{"outcome":"PASS","shadow":"PASS","decisions":4711}]}`,
	"/v1/lists/changes?limit=100&list=OWN&version=fedcba9876543210fedcba9876543210": `{
		"list":"OWN","version":"fedcba9876543210fedcba9876543210","previous":"0123456789abcdef0123456789abcdef",
		"added":0,"changed":2,"removed":200,"not_kept":198,"next":"100","differences":[{"fate":"removed","id":"101","name":"Ivan Blok","programmes":["DPRK","IRAN"]},
		{"fate":"changed","id":"1","name":"Anna Otherwise","parts":[{"name":"names","lost":["Anna Old (primary)"],
		"gained":["Anna Otherwise (primary)"]},{"name":"births","gained":["1970"]}]},
		{"fate":"changed","id":"2","name":"Ben Same"}]}`,
	"/v1/lists/entry?entry=QDi.001&list=UN&version=0123456789abcdef0123456789abcdef": `{"list":"UN",
		"version":"0123456789abcdef0123456789abcdef","id":"QDi.001","kind":"person","programmes":["Al-Qaida"],
		"names":[{"text":"Viktor Blocksworth","quality":"primary"},{"text":"Vic","quality":"weak"}],"births":["1970-01-02"],
		"identifiers":[{"type":"Passport","value":"A1","country":""}],"addresses":["Harbour Road, Nowhere"]}`,
	"/v1/lists": `{"refused":[{"list":"OWN","version":"fedcba9876543210fedcba9876543210","seen_at":"2026-01-02T08:00:00Z",
		"entries":100,"added":0,"changed":1,"removed":200,"accepted":false,
		"problem":"OWN lost 200 of 300 entries"}],"versions":[
		{"list":"UN","version":"0123456789abcdef0123456789abcdef","fetched_at":"2026-01-02T03:04:05Z",
		"entries":1021,"added":3,"changed":1,"removed":0,"active":true,"confirmed_at":"2026-01-02T09:00:00Z"}]}`,
	"/v1/windows/01890000-0000-7000-8000-00000000000d/settlement": `{"window":
		{"id":"01890000-0000-7000-8000-00000000000d","region":"asia-1","number":9,"state":"SETTLING",
		 "opened_at":"2026-01-01T03:04:05Z","changed_at":"2026-01-02T03:04:05Z"},
		"obligations":[` + cannedObligation + `],"bilateral":[{"wallet_id":"HK-WALLET","acquirer_id":"JP-ACQUIRER",
		 "payments":3,"amount":{"currency":"JPY","minor":"4500","decimal":"4500"}}]}`,
	"/v1/windows/01890000-0000-7000-8000-00000000000d/instruct": `{"window_id":"01890000-0000-7000-8000-00000000000d","files":8}`,
	"/v1/obligations?limit=2&participant=JP-ACQUIRER": `{"obligations":[
		{"id":"01890000-0000-5000-8000-000000000044","subject_id":"01890000-0000-7000-8000-00000000000a",
		 "participant_id":"JP-ACQUIRER","direction":"PAY_OUT","amount":{"currency":"JPY","minor":"1488","decimal":"1488"},
		 "rest":{"currency":"JPY","minor":"88","decimal":"88"},"state":"PARTLY","attempts":1,"value_date":"2026-01-05"}],
		"next":"7.x"}`,
	"/v1/windows/00000000-0000-54bb-a4a9-0fedb34cef72/settlement": `{"window":
		{"id":"00000000-0000-54bb-a4a9-0fedb34cef72","region":"asia-1","number":3,"state":"SETTLED",
		 "opened_at":"2026-01-01T03:04:05Z","changed_at":"2026-01-02T03:04:05Z"},"obligations":[],"bilateral":[]}`,
	"/v1/obligations?before=7.x&limit=50&participant=JP-ACQUIRER": `{"obligations":[]}`,
	"/v1/obligations/01890000-0000-5000-8000-000000000041": `{"obligation":` + cannedObligation + `,"steps":[
		{"kind":"CONFIRMED","direction":"PAY_IN","amount":{"currency":"HKD","minor":"300","decimal":"3.00"},
		 "value_date":"2026-01-05","reference":"E-1","reason":"","at":"2026-01-05T03:04:05Z"},
		{"kind":"ACCEPTED","direction":"","reference":"S-1","reason":"","at":"2026-01-05T03:04:04Z"}]}`,
	"/v1/fees/schedules": `{"lines":[{"kind":"SCHEME","participant_id":"JP-ACQUIRER","corridor":"","product":"",
		"currency":"JPY","effective_at":"2026-01-02T03:04:05Z","paid":false,"points":10,"fixed_minor":"1","least_minor":"2",
		"most_minor":"900"}]}`,
	"/v1/settlement/unmatched": `{"steps":[{"kind":"UNMATCHED","direction":"PAY_OUT",
		"amount":{"currency":"HKD","minor":"1","decimal":"0.01"},"reference":"E-9","reason":"it names no obligation",
		"at":"2026-01-05T03:04:05Z"}]}`,
	"/v1/proposals": `{"id":"01890000-0000-7000-8000-000000000051","kind":"obligation.move","description":"move it",
		"change":{},"change_hash":"00ff","state":"OPEN","proposer_id":"01890000-0000-7000-8000-000000000001",
		"created_at":"2026-01-02T03:04:05Z","expires_at":"2026-01-03T03:04:05Z"}`,
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
	"/v1/corridors": `{"corridors":[
		{"name":"HK-JP","payer_country":"HK","merchant_country":"JP","payer_markup":40,"merchant_markup":15,
		 "limit":{"currency":"JPY","minor":"1000000","decimal":"1000000"},"minimum":{"currency":"JPY","minor":"100","decimal":"100"},
		 "hours":"mon fri 09:00-17:30 Asia/Tokyo","wallets":["HK-WALLET"]},
		{"name":"KR-JP","payer_country":"KR","merchant_country":"JP","payer_markup":60,"merchant_markup":15,
		 "limit":{"currency":"JPY","minor":"500000","decimal":"500000"},"closed":true}]}`,
	"/v1/directory/codes": `{"codes":[
		{"participant_id":"JP-ACQUIRER","mode":"EntryCode","prefix":"HTTPS://PAY.EXAMPLE/"},
		{"participant_id":"JP-ACQUIRER","mode":"PushPayment","identifier":"A000000677010111","institution":"002"}]}`,
	"/v1/directory/issuers": `{"issuers":[{"participant_id":"HK-NETWORK","prefix":"281001"},
		{"participant_id":"HK-NETWORK","prefix":"2820"}]}`,
	"/v1/customs/declarations?limit=20&state=SENT": `{"declarations":[
		{"id":"01890000-0000-7000-8000-0000000000c1","payment_id":"01890000-0000-7000-8000-00000000000a",
		 "acquirer_id":"JP-ACQUIRER","wallet_id":"CN-WALLET","request_id":"D-1","state":"SENT","office":"ZONGSHU",
		 "merchant":"M-9","order_id":"O-1","split":true,"amount":{"currency":"CNY","minor":"7379","decimal":"73.79"},
		 "declared_at":"2026-04-13T15:00:00Z","attempts":3}]}`,
	"/v1/disputes?limit=20&state=ACCEPTED": `{"disputes":[` + cannedDispute + `]}`,
	"/v1/disputes/01890000-0000-7000-8000-0000000000d1": `{"dispute":` + cannedDispute + `,"why":"not delivered",
		"evidence":"a signed receipt","changes":[
		{"version":1,"event":"OPENED","state":"WAITING","at":"2026-04-13T15:00:00Z"},
		{"version":2,"event":"GIVES_BACK","state":"ACCEPTED","at":"2026-04-14T15:00:00Z"}]}`,
	"/v1/merchants?acquirer=JP-ACQUIRER&limit=50&status=PENDING": `{"merchants":[` + cannedMerchantStatus + `]}`,
	"/v1/merchants/registration?acquirer=JP-ACQUIRER&request=R-1": `{"registered_at":"2026-04-13T15:00:00Z",
		"registration":{"merchantMCC":"5814"},"statuses":[` + cannedMerchantStatus + `]}`,
	"/v1/persons/known": `{"payments":[{"id":"01890000-0000-7000-8000-00000000000a","created_at":"2026-04-13T15:00:00Z",
		"state":"POSTED","wallet_id":"HK-WALLET","payer_reference":"U1","payer_name":"Mei Lantern","debtor":{"name":""},
		"debtor_account":"","acquirer_id":"JP-ACQUIRER","merchant":{"name":"Ginza Tea House","town":"Tokyo","country":"JP","other_id":"M-77"},"order":"tea",
		"payer_amount":{"currency":"HKD","minor":"7387","decimal":"73.87"},
		"amount":{"currency":"JPY","minor":"1500","decimal":"1500"},"kept":"OPEN","declarations":[
		{"id":"01890000-0000-7000-8000-0000000000c1","declared_at":"2026-04-13T15:00:01Z","state":"SENT","office":"ZONGSHU",
		 "office_country":"CN","merchant_code":"M-9","merchant_name":"Tea House","order_id":"O-1",
		 "amount":{"currency":"CNY","minor":"7379","decimal":"73.79"},"buyer":{"name":"Mei Lantern",
		 "certificate_type":"ID_CARD","certificate_number":"310115"}}]}],
		"agreements":[{"id":"01890000-0000-7000-8000-0000000000a1","state":"CANCELLED","acquirer_id":"JP-ACQUIRER",
		"wallet_id":"HK-WALLET","client_id":"M-1","created_at":"2026-04-13T15:00:00Z","changed_at":"2026-04-14T15:00:00Z","kept":"LAW"}]}`,
	"/v1/persons/erasures?limit=20": `{"erasures":[
		{"id":"01890000-0000-7000-8000-0000000000e2","side":"PAYER","partner_id":"HK-WALLET","state":"PAYMENTS","before":"2021-04-14T00:00:00Z",
		 "payments":12,"declarations":1,"agreements":0,"kept":3,"kept_open":1,"asked_at":"2026-04-14T16:00:00Z"},
		{"id":"01890000-0000-7000-8000-0000000000e1","side":"PAYEE","partner_id":"JP-ACQUIRER","state":"DONE","before":"2021-04-13T00:00:00Z",
		 "payments":140,"declarations":4,"agreements":0,"kept":17,"kept_open":0,"asked_at":"2026-04-13T16:00:00Z","done_at":"2026-04-13T16:00:09Z"}]}`,
	"/v1/fx/rates": `{"rates":[
		{"unit_currency":"EUR","quoted_currency":"HKD","mid":"9.1507","observed_at":"2026-04-13T15:00:00Z","source":"ECB"},
		{"unit_currency":"HKD","quoted_currency":"JPY","mid":"20.4","bid":"20.39","ask":"20.41",
		 "observed_at":"2026-04-13T15:00:01Z","source":"BANK","trouble":"stopped: move of 1700 basis points, 1500 allowed (BANK)"}],
		"stops":[{"subject":"HKD/JPY","why":"move of 1700 basis points, 1500 allowed (BANK)","since":"2026-04-13T15:00:02Z"}]}`,
	"/v1/fx/rates/history": `{"rates":[
		{"unit_currency":"HKD","quoted_currency":"JPY","mid":"20.4","bid":"20.39","ask":"20.41",
		 "observed_at":"2026-04-13T15:00:01Z","source":"BANK"}],"next":"7.x"}`,
	"/v1/fx/tariff": `{"rules":[{"corridor":"HK-JP","partner_id":"","product":"","leg":"payer","currency":"HKD",
		"tiers":[{"from_minor":"0","markup_points":80},{"from_minor":"100000","markup_points":60}],"fee_minor":"250",
		"sponsor":"JP-TOURISM","promotion_points":200,"rounding":"half-up","refund":"current"}]}`,
	"/v1/fx/quotes": `{"id":"01890000-0000-4000-8000-00000000000e","owner_id":"JP-ACQUIRER","acquirer_id":"JP-ACQUIRER",
		"wallet_id":"HK-WALLET","product":"PaymentCode","amount":{"currency":"JPY","minor":"1500","decimal":"1500"},
		"payer":` + cannedPayer + `,"merchant":` + cannedMerchant + `,
		"quoted_at":"2026-04-13T15:00:00Z","expires_at":"2026-04-13T15:10:00Z"}`,
	"/v1/fx/book": `{"currency":"EUR","exposures":[
		{"net":{"currency":"HKD","minor":"750000","decimal":"7500.00"},"limit":{"currency":"HKD","minor":"500000","decimal":"5000.00"},"breached":true},
		{"net":{"currency":"JPY","minor":"-150000","decimal":"-150000"},"breached":false}],
		"positions":[{"corridor":"HK-JP","partner_id":"HK-WALLET","value_date":"2026-04-15",
		 "amount":{"currency":"HKD","minor":"750000","decimal":"7500.00"},"cost":{"currency":"EUR","minor":"80321","decimal":"803.21"},
		 "unrealised":{"currency":"EUR","minor":"-12","decimal":"-0.12"}}],
		"profits":[{"corridor":"HK-JP","partner_id":"HK-WALLET","income":{"currency":"EUR","minor":"402","decimal":"4.02"},
		 "unrealised":{"currency":"EUR","minor":"-12","decimal":"-0.12"},"realised":{"currency":"EUR","minor":"0","decimal":"0.00"}}],
		"alerts":[{"id":"01890000-0000-7000-8000-00000000000f","net":{"currency":"HKD","minor":"750000","decimal":"7500.00"},
		 "limit":{"currency":"HKD","minor":"500000","decimal":"5000.00"},"raised_at":"2026-04-13T15:00:05Z"}],
		"deals":[{"id":"01890000-0000-7000-8000-000000000010","counterparty":"BANK","reference":"D-1",
		 "buy":{"currency":"JPY","minor":"150000","decimal":"150000"},"sell":{"currency":"HKD","minor":"740000","decimal":"7400.00"},
		 "value_date":"2026-04-15","booked_at":"2026-04-13T15:00:06Z"}]}`,
	"/v1/fx/book/history": `{"points":[{"day":"2026-04-13","net":{"currency":"HKD","minor":"750000","decimal":"7500.00"},
		"worth":{"currency":"EUR","minor":"80309","decimal":"803.09"},"gain":{"currency":"EUR","minor":"-12","decimal":"-0.12"},
		"realised":{"currency":"EUR","minor":"0","decimal":"0.00"}}]}`,
	"/v1/fx/book/close": `{"day":"2026-04-13","positions":2,"gain":{"currency":"EUR","minor":"-12","decimal":"-0.12"},
		"realised":{"currency":"EUR","minor":"0","decimal":"0.00"}}`,
}

const cannedPayer = `{"from":{"currency":"JPY","minor":"1500","decimal":"1500"},"to":{"currency":"HKD","minor":"7638","decimal":"76.38"},
	"unit_currency":"HKD","quoted_currency":"JPY","client_rate":"19.900497512","mid_rate":"20",
	"at_mid":{"currency":"HKD","minor":"7500","decimal":"75.00"},"spread":{"currency":"HKD","minor":"0","decimal":"0.00"},
	"markup":{"currency":"HKD","minor":"38","decimal":"0.38"},"fee":{"currency":"HKD","minor":"250","decimal":"2.50"},
	"promotion":{"currency":"HKD","minor":"150","decimal":"1.50"},"sponsor":"JP-TOURISM",
	"residue":{"currency":"HKD","minor":"0","decimal":"0.00"},"via":["EUR"],"sources":["ECB","BANK"]}`

const cannedMerchant = `{"from":{"currency":"JPY","minor":"1500","decimal":"1500"},"to":{"currency":"JPY","minor":"1500","decimal":"1500"},
	"at_mid":{"currency":"JPY","minor":"1500","decimal":"1500"},"spread":{"currency":"JPY","minor":"0","decimal":"0"},
	"markup":{"currency":"JPY","minor":"0","decimal":"0"},"fee":{"currency":"JPY","minor":"0","decimal":"0"},
	"promotion":{"currency":"JPY","minor":"0","decimal":"0"},"residue":{"currency":"JPY","minor":"0","decimal":"0"},
	"via":[],"sources":[]}`

const cannedDispute = `{"id":"01890000-0000-7000-8000-0000000000d1","payment_id":"01890000-0000-7000-8000-00000000000a",
	"acquirer_id":"JP-ACQUIRER","wallet_id":"HK-WALLET","request_id":"D-1","stage":"ESCALATION","state":"ACCEPTED","version":2,
	"amount":{"currency":"JPY","minor":"900","decimal":"900"},"refund":{"currency":"JPY","minor":"300","decimal":"300"},
	"opened_at":"2026-04-13T15:00:00Z","due_at":"2026-05-03T15:00:00Z","answered_at":"2026-04-14T15:00:00Z",
	"untold":"WALLET","attempts":1}`

const cannedMerchantStatus = `{"acquirer_id":"JP-ACQUIRER","request_id":"R-1","merchant_id":"M-77","store_id":"S-1",
	"wallet_id":"HK-WALLET","status":"PENDING","changed_at":"2026-04-13T15:00:00Z"}`

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

const cannedObligation = `{"id":"01890000-0000-5000-8000-000000000041",
	"window_id":"01890000-0000-7000-8000-00000000000d","participant_id":"HK-WALLET","direction":"PAY_IN",
	"amount":{"currency":"HKD","minor":"7387","decimal":"73.87"},"rest":{"currency":"HKD","minor":"7087","decimal":"70.87"},
	"state":"PARTLY","attempts":1,"value_date":"2026-01-05"}`

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
			body = `{"type":"about:blank","title":"Not Found","status":404,"reason":"Missing","trace_id":"0"}`
		}
		_, _ = w.Write([]byte(body))
	}))
}
