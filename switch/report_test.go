package main

import (
	"maps"
	"strings"
)

const cannedBreak = `{"id":"01890000-0000-5000-8000-0000000000b1","account_id":"HUB.NOSTRO.HKD",
	"kind":"MISSING_WITH_US",
	"ours":{"currency":"HKD","minor":"0","decimal":"0.00"},"theirs":{"currency":"HKD","minor":"-3000","decimal":"-30.00"},
	"difference":{"currency":"HKD","minor":"-3000","decimal":"-30.00"},"value_date":"2026-01-05","age_days":3,"state":"OPEN",
	"owner":"mei","opened_at":"2026-01-06T03:04:05Z"}`

const cannedBreakFile = `{"break":` + cannedBreak + `,"lines":[{"side":"THEIRS","references":["CHARGE-1"],
	"own_reference":"B-7",
	"amount":{"currency":"HKD","minor":"-3000","decimal":"-30.00"},"value_date":"2026-01-05","text":"charges"}],
	"comments":[{"author":"mei","text":"asked the bank","at":"2026-01-06T04:00:00Z"}]}`

// cannedFile is "totalCount\n0\n" and its checksum.
const cannedFile = `{"id":"01890000-0000-5000-8000-0000000000f1","window_id":"01890000-0000-7000-8000-00000000000d",
	"participant_id":"JP-ACQUIRER","currency":"JPY","kind":"transactionItems",
	"path":"v1/settlements/clearing/JP-ACQUIRER/20260103/transactionItems.csv","rows":0,"bytes":13,
	"sha256":"25819e4bdc86490a9855c84cbc07b5b86505031ef6e42d8a4012748605d91fd0",
	"due_at":"2026-01-03T00:00:00Z","created_at":"2026-01-02T17:00:00Z"}`

func cannedEntry(kind, minor, signed string) string {
	return `{"entry_id":"01890000-0000-5000-8000-0000000000e1","region":"asia-1","kind":"` + kind + `",
	"payment_id":"01890000-0000-7000-8000-00000000000a","debit_account":"HUB.EXCHANGE.JPY",
	"credit_account":"JP-ACQUIRER.POSITION.JPY","amount":{"currency":"JPY","minor":"` + minor + `","decimal":"` + minor + `"},
	"booked_at":"2026-01-02T03:04:05Z","effective_at":"2026-01-02T03:04:05Z",
	"window_id":"01890000-0000-7000-8000-00000000000d","subject_id":"01890000-0000-7000-8000-00000000000a",
	"signed":{"currency":"JPY","minor":"` + signed + `","decimal":"` + signed + `"}}`
}

func cannedExplanation(figure, net, next string, entries string) string {
	return `{"figure":"` + figure + `","net":{"currency":"JPY","minor":"` + net + `","decimal":"` + net + `"},
		"entries":[` + entries +
		`],"next":"` + next + `"}`
}

// init adds the answers about reports, reconciliation and figures.
func init() {
	const breaks = "/v1/reconciliation/breaks"
	const explain = "/v1/explain?"
	maps.Copy(canned, map[string]string{
		"/v1/windows/01890000-0000-7000-8000-00000000000d/files":                    `{"files":[` + cannedFile + `]}`,
		"/v1/windows/01890000-0000-7000-8000-00000000000d/files?participant=NOBODY": `{"files":[]}`,
		"/v1/windows/01890000-0000-7000-8000-00000000000d/files?participant=EVIL": `{"files":[` +
			strings.Replace(cannedFile, "v1/settlements", "../../etc", 1) + `]}`,
		"/v1/reports/01890000-0000-5000-8000-0000000000f1": "totalCount\n0\n",
		"/v1/deliveries": `{"deliveries":[{"file_id":"01890000-0000-5000-8000-0000000000f1","participant_id":"JP-ACQUIRER",
			"path":"v1/a.csv","state":"WAITING","due_at":"2026-01-03T00:00:00Z","attempts":2,"next_at":"2026-01-03T00:02:00Z",
			"problem":"connection refused"},{"file_id":"01890000-0000-5000-8000-0000000000f2","participant_id":"JP-ACQUIRER",
			"path":"v1/b.csv","state":"DELIVERED","due_at":"2026-01-02T00:00:00Z","attempts":0,"delivered_at":"2026-01-02T00:00:03Z"}]}`,
		"/v1/deliveries/retry": `{"files":1}`,
		"/v1/reconciliation/statements": `{"statements":[{"statement_id":"01890000-0000-5000-8000-0000000000a1",
			"account_id":"HUB.NOSTRO.HKD","repeated":false,"lines":3,"matched":2,"broken":1,"waiting":0}]}`,
		"/v1/reconciliation/statements?account=HUB.NOSTRO.JPY": `{"statements":[
			{"statement_id":"01890000-0000-5000-8000-0000000000a2","account_id":"HUB.NOSTRO.JPY","repeated":true,"lines":3,
			"matched":0,"broken":0,"waiting":0}]}`,
		breaks: `{"breaks":[` + cannedBreak + `]}`,
		breaks + "?account=HUB.NOSTRO.JPY&limit=500":              `{"breaks":[]}`,
		breaks + "/01890000-0000-5000-8000-0000000000b1":          cannedBreakFile,
		breaks + "/01890000-0000-5000-8000-0000000000b1/comments": cannedBreakFile,
		breaks + "/01890000-0000-5000-8000-0000000000b1/owner":    cannedBreakFile,
		breaks + "/01890000-0000-5000-8000-0000000000b1/explain":  cannedBreakFile,
		explain + "figure=9%2FJP-ACQUIRER%2FJPY&limit=500": cannedExplanation("9/JP-ACQUIRER/JPY/net",
			"1488", "n", cannedEntry("PAYMENT", "1500", "1500")),
		explain + "after=n&figure=9%2FJP-ACQUIRER%2FJPY&limit=500": cannedExplanation("9/JP-ACQUIRER/JPY/net",
			"1488", "", cannedEntry("FEE", "12", "-12")),
		explain + "figure=9%2FJP-ACQUIRER%2FJPY%2Fnet&limit=500": cannedExplanation("9/JP-ACQUIRER/JPY/net",
			"1489", "", cannedEntry("PAYMENT", "1500", "1500")),
		explain + "figure=9%2FJP-ACQUIRER%2FJPY%2Ffees.service&limit=500": cannedExplanation("9/JP-ACQUIRER/JPY/fees.service", "1488", "", cannedEntry("FEE", "12", "-12")),
	})
}
