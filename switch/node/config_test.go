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
	if config.Rates.FreshFor != 120*time.Hour || len(config.Lists) != 3 || config.Compliance.ListAge != 24*time.Hour || config.Bus.URL == "" {
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
