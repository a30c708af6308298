package node_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/switch/node"
)

// TestExampleIsValid: the configuration that we hand out is one.
func TestExampleIsValid(t *testing.T) {
	config, err := node.Load(filepath.Join("..", "..", "deploy", "hub.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := config.Validate(); err != nil {
		t.Error(err)
	}
	rates := config.Rates
	if len(rates.Sources) != 2 || rates.Sources[1].Columns.ObservedAt != "^at" || rates.Pairs[0].SpreadPoints != 50 {
		t.Errorf("%+v", rates)
	}
	if config.Rates.FreshFor != 120*time.Hour || len(config.Lists) != 4 || config.Compliance.ListAge != 24*time.Hour || config.Bus.URL == "" {
		t.Errorf("%+v", config)
	}
}

func load(t *testing.T, text string) (node.Config, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hub.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return node.Load(path)
}

const good = `
region: asia-1
database: {url: "postgres://causeway@127.0.0.1/causeway"}
bus: {dir: nats}
partners: {listen: "127.0.0.1:8443"}
operators: {listen: "127.0.0.1:8444"}
keys: {dir: keys}
reports: reports
`

func TestLoad(t *testing.T) {
	t.Setenv("CAUSEWAY_TIMING__INQUIRIES", "500ms,1s,2s")
	t.Setenv("CAUSEWAY_DATABASE__CONNECTIONS", "7")
	config, err := load(t, good)
	if err != nil {
		t.Fatal(err)
	}
	if err := config.Validate(); err != nil {
		t.Error(err)
	}
	inquiries := config.Timing.Inquiries
	if len(inquiries) != 3 || inquiries[0] != 500*time.Millisecond || inquiries[2] != 2*time.Second {
		t.Errorf("inquiries %v", inquiries)
	}
	if config.Database.Connections != 7 || config.Region != "asia-1" {
		t.Errorf("%+v", config)
	}
}

// TestValidate changes one thing of a good configuration and expects to be told
// which.
func TestValidate(t *testing.T) {
	cases := map[string]struct{ from, to, want string }{
		"region":       {"asia-1", "Asia One", "region: want"},
		"no database":  {"postgres://causeway@127.0.0.1/causeway", "mysql://x", "database.url: want"},
		"no such port": {"127.0.0.1/causeway", "one:5432,two:x/causeway", "database.url: cannot parse"},
		"two buses":    {"{dir: nats}", "{dir: nats, url: \"nats://x\"}", "bus: set either"},
		"no port":      {"127.0.0.1:8443", "127.0.0.1", "partners.listen: want host:port"},
		"half a certificate": {
			"{listen: \"127.0.0.1:8444\"}",
			"{listen: \"127.0.0.1:8444\", certificate: x}",
			"operators: set certificate and key together",
		},
		"list without name":   {"reports: reports", "reports: r\nlists: [{format: simple, file: x}]", "lists[0].name"},
		"list of no format":   {"reports: reports", "reports: r\nlists: [{name: X, format: pdf, file: x}]", "lists[0].format: want one of eu-csv"},
		"list of two places":  {"reports: reports", "reports: r\nlists: [{name: X, format: simple, file: x, url: \"https://x\"}]", "lists[0]: set either"},
		"list from elsewhere": {"reports: reports", "reports: r\nlists: [{name: X, format: simple, url: \"ftp://x\"}]", "lists[0].url"},
		"list too often":      {"reports: reports", "reports: r\nlists: [{name: X, format: simple, file: x, every: 1s}]", "lists[0].every: want 10s"},
		"no keys":             {"{dir: keys}", "{}", "keys.dir"},
		"no library":          {"{dir: keys}", "{dir: keys, library: boringssl}", "want go or openssl, got \"boringssl\""},
		"persons kept":        {"reports: reports", "reports: r\nprivacy: {keep: 24h}", "privacy.keep: want 0 or at least 17520h0m0s"},
		"persons erased": {
			"reports: reports", "reports: r\nprivacy: {minimum: 24h}", "privacy.minimum: want 0 or at least 17520h0m0s",
		},
		"persons never erased": {
			"reports: reports", "reports: r\nprivacy: {keep: 17520h, minimum: 17521h}", "privacy.minimum: longer than privacy.keep",
		},
		"privacy":          {"reports: reports", "reports: r\nprivacy: {keys: [\"vault:kv/data/x#y\", c2hvcnQ=]}", "privacy.keys: seal: key 1 has 5 bytes"},
		"no reports":       {"reports: reports", "", "reports: name"},
		"participant's id": {"reports: reports", "reports: r\nparticipants: [{id: lower}]", "participants[0].id"},
		"participant's role": {
			"reports: reports",
			"reports: r\nparticipants: [{id: JP-1, role: bank}]",
			"participants[0].role",
		},
		"participant's country": {
			"reports: reports",
			"reports: r\nparticipants: [{id: JP-1, role: acquirer, country: Japan}]",
			"participants[0].country: want two capital letters",
		},
		"participant's client id": {
			"reports: reports",
			"reports: r\nparticipants: [{id: JP-1, role: acquirer, country: JP, client_id: \"a b\"}]",
			"participants[0].client_id: want",
		},
		"wallet's prefix": {
			"reports: reports",
			"reports: r\nparticipants: [{id: HK-1, role: wallet, country: HK, client_id: X, code_prefix: \"25\"}]",
			"code_prefix: want six digits",
		},
		"cap": {
			"reports: reports", "reports: r\nparticipants: [{id: JP-1, role: acquirer, country: JP, client_id: X, currency: JPY, cap: \"1.5\"}]",
			"participants[0].cap: money: too many fraction digits",
		},
		"key file": {
			"reports: reports",
			"reports: r\nparticipants: [{id: JP-1, role: acquirer, country: JP, client_id: X, currency: JPY, cap: \"1\", public_key_file: nowhere}]",
			"participants[0].public_key_file",
		},
		"notices": {
			"reports: reports",
			"reports: r\nparticipants: [{id: JP-1, role: acquirer, country: JP, client_id: X, currency: JPY, cap: \"1\", notices: untold}]",
			"participants[0].notices: notices are EVERY or UNTOLD",
		},
		"a wallet's notices": {
			"reports: reports",
			"reports: r\nparticipants: [{id: HK-1, role: wallet, country: HK, client_id: X, code_prefix: \"251001\", currency: HKD, cap: \"1\", notices: UNTOLD}]",
			"participants[0].notices: only acquirers are notified",
		},
		"corridor's hours": {
			"reports: reports",
			"reports: r\ncorridors: [{payer: HK, merchant: JP, limit: \"9\", currency: JPY, hours: always}]",
			"corridors[0]: route.ParseHours",
		},
		"corridor's country": {
			"reports: reports",
			"reports: r\ncorridors: [{payer: HKG, merchant: JP, limit: \"9\", currency: JPY}]",
			"corridors[0]: a country is",
		},
		"corridor": {
			"reports: reports",
			"reports: r\ncorridors: [{payer: HK, merchant: JP, limit: x, currency: JPY}]",
			"corridors[0]: limit",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			config, err := load(t, strings.Replace(good, c.from, c.to, 1))
			if err != nil {
				t.Fatal(err)
			}
			if err := config.Validate(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestUnknownKeyIsRefused(t *testing.T) {
	if _, err := load(t, good+"\ntimming: {code_window: 1s}\n"); err == nil || !strings.Contains(err.Error(), "timming") {
		t.Errorf("got %v", err)
	}
}

func TestRatesAreValidated(t *testing.T) {
	config, err := load(t, good)
	if err != nil {
		t.Fatal(err)
	}
	for want, rates := range map[string]node.RatesConfig{
		"rates.sources[0].every":   {Sources: []node.SourceConfig{{Name: "A", Format: "ecb-xml", URL: "https://a.example"}}},
		"rates.sources[0]: source": {Sources: []node.SourceConfig{{Name: "A", Format: "tsv", URL: "https://a.example", Every: time.Minute}}},
		"rates.book":               {Book: "XXX"},
		"guard of all pairs":       {FreshFor: -1},
		"guard of EUR/USD":         {Pairs: []node.PairConfig{{Pair: "EUR/USD"}}},
		"no pair of currencies":    {Pairs: []node.PairConfig{{Pair: "EURUSD", FreshFor: time.Hour}}},
		"is no currency":           {Pivots: []string{"XXX"}},
	} {
		config.Rates = rates
		if err := config.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want it to say %q", err, want)
		}
	}
}

// TestValuesThatCannotWork adds a setting to a good configuration and expects to be told
// which it is: none of these may become something else, or nothing, unsaid.
func TestValuesThatCannotWork(t *testing.T) {
	key, none := partnersKey(t), filepath.Join(t.TempDir(), "none")
	if err := os.WriteFile(none, []byte("no key"), 0o600); err != nil {
		t.Fatal(err)
	}
	partners := func(all ...string) string { return "participants: [" + strings.Join(all, ", ") + "]" }
	partner := func(id, client, file, more string) string {
		return "{id: " + id + ", role: acquirer, country: JP, client_id: " + client + ", currency: JPY, cap: \"1\"," +
			" public_key_file: " + file + more + "}"
	}
	shop := func(more string) string { return partners(partner("JP-1", "X", key, more)) }
	corridor := func(from, to string) string {
		return "{payer: " + from + ", merchant: " + to + ", limit: \"9\", currency: JPY}"
	}
	for setting, want := range map[string]string{
		"timing: {wallet_patience: -1s}":                                          "timing.wallet_patience: want 0",
		"timing: {wallet_patience: 15001ms}":                                      "timing.wallet_patience: want at most 15s",
		"timing: {code_window: -1ns}":                                             "timing.code_window",
		"timing: {order_window: -1s}":                                             "timing.order_window",
		"timing: {debit_window: -1s}":                                             "timing.debit_window",
		"timing: {cancel_grace: -1s}":                                             "timing.cancel_grace",
		"timing: {refund_window: -1s}":                                            "timing.refund_window",
		"timing: {freshness: -1s}":                                                "timing.freshness",
		"timing: {inquiries: [1s, 0s]}":                                           "timing.inquiries: wait 2 is 0s",
		"timing: {cancels: [-1s]}":                                                "timing.cancels: wait 1",
		"timing: {notifications: [1s, 2s, -1s]}":                                  "timing.notifications: wait 3",
		"timing: {pushes: [0s]}":                                                  "timing.pushes: wait 1",
		"disputes: {window: -1h}":                                                 "disputes.window",
		"disputes: {second_window: -1h}":                                          "disputes.second_window",
		"disputes: {answer_retrieval: -1h}":                                       "disputes.answer_retrieval",
		"disputes: {answer_escalation: -1h}":                                      "disputes.answer_escalation",
		"disputes: {retrievals: -1}":                                              "disputes: retrievals",
		"disputes: {escalations: -1}":                                             "disputes: retrievals",
		"compliance: {list_age: -1s}":                                             "compliance.list_age",
		"compliance: {shrink_percent: -1}":                                        "compliance.shrink_percent",
		"compliance: {shrink_percent: 100}":                                       "compliance.shrink_percent: want 0 to 99",
		"compliance: {grow_percent: -1}":                                          "compliance.grow_percent",
		"rates: {quote_life: -1s}":                                                "rates.quote_life",
		"vault: {address: \"vault:8200\"}":                                        "vault.address",
		"vault: {address: \"https://vault:8200\"}":                                "vault: set one of",
		"vault: {address: \"https://vault:8200\", token_file: x, role_id: y}":     "vault: set one of",
		"vault: {address: \"https://vault:8200\", role_id: y}":                    "vault.wrapped_secret_file",
		partners(partner("JP-1", "X", none, "")):                                  "participants[0].public_key_file",
		shop(", endpoint: shop"):                                                  "participants[0].endpoint",
		shop(", endpoint: \"ftp://shop.example\""):                                "participants[0].endpoint",
		shop(", endpoint: \"https://:1\""):                                        "participants[0].endpoint",
		shop(", merchant_codes: [{prefix: ABCDEFG, mode: EntryCode}]"):            "participants[0].merchant_codes[0]",
		partners(partner("JP-1", "X", key, ""), partner("JP-1", "Y", key, "")):    "participants[1].id: the same as participants[0].id",
		partners(partner("JP-1", "X", key, ""), partner("JP-2", "X", key, "")):    "participants[1].client_id: the same as",
		"corridors: [" + corridor("HK", "JP") + ", " + corridor("HK", "JP") + "]": "corridors[1]: the same as corridors[0]",
	} {
		config, err := load(t, good+setting+"\n")
		if err != nil {
			t.Fatalf("%s: %v", setting, err)
		}
		if err := config.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", setting, err, want)
		}
	}
	for from, to := range map[string]string{
		"partners: {":  "partners: {public_url: hub, ",
		"operators: {": "operators: {public_url: \"https://\", ",
		"database: {":  "database: {connections: -1, ",
	} {
		config, err := load(t, strings.Replace(good, from, to, 1))
		if err != nil {
			t.Fatal(err)
		}
		key, _, _ := strings.Cut(strings.Replace(to, ": {", ".", 1), ":")
		if err := config.Validate(); err == nil || !strings.Contains(err.Error(), key+": want") {
			t.Errorf("%s: %v", to, err)
		}
	}
	for _, setting := range []string{
		"timing: {wallet_patience: 15s}", "timing: {inquiries: [1ns]}",
		"compliance: {shrink_percent: 99, grow_percent: 1000}",
		partners(partner("JP-1", "X", key, ", endpoint: \"http://127.0.0.1:1/aps\""), partner("JP-2", "Y", key, "")),
		"corridors: [" + corridor("HK", "JP") + ", " + corridor("JP", "HK") + "]",
	} {
		config, err := load(t, good+setting+"\n")
		if err != nil {
			t.Fatalf("%s: %v", setting, err)
		}
		if err := config.Validate(); err != nil {
			t.Errorf("%s: %v", setting, err)
		}
	}
}
