package node

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/causeway-pay/causeway/settlement/recon"
	"github.com/causeway-pay/causeway/settlement/report"
)

// written writes a file of a configuration and returns its path.
func written(t *testing.T, name, body string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// serverKeys are a private key in a file, and the line of its public one.
func serverKeys(t *testing.T) (private, public string) {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(key, "")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return written(t, "key.pem", string(pem.EncodeToMemory(block))), string(ssh.MarshalAuthorizedKey(signer.PublicKey()))
}

// TestReportConfig: what is agreed with partners is read from its files, and what
// is wrong is said with the name of the setting.
func TestReportConfig(t *testing.T) {
	key, hostKey := serverKeys(t)
	good := func() SettlementConfig {
		return SettlementConfig{
			Reports: []ReportConfig{{
				Participant: "JP-ACQUIRER", Columns: written(t, "columns.txt", "section summary.detail\nkind type\n"),
				SFTP: SFTPConfig{Address: "sftp.example:22", User: "causeway", Key: key, HostKeys: []string{hostKey}, Root: "/in"},
			}, {Participant: "HK-WALLET"}},
			Layouts:    map[string]string{"bank": written(t, "bank.txt", "currency HKD\ncolumn amount A\ncolumn date D\n")},
			Tolerances: map[string]ToleranceConfig{"HKD": {Minor: 5, Days: 2}},
		}
	}
	r, err := good().reporting()
	if err != nil {
		t.Fatal(err)
	}
	if columns := r.columns["JP-ACQUIRER"].Of(report.SummaryDetail); len(columns) != 1 || columns[0].Name != "kind" {
		t.Errorf("columns %v", columns)
	}
	if len(r.columns["JP-ACQUIRER"].Of(report.TransactionDetail)) != 20 {
		t.Error("what the map does not name is not the standard")
	}
	target := r.targets["JP-ACQUIRER"]
	if len(r.targets) != 1 || target.Address != "sftp.example:22" || len(target.HostKeys) != 1 || target.Root != "/in" {
		t.Errorf("targets %+v", r.targets)
	}
	if r.layouts["bank"].Name != "bank" || r.tolerances["HKD"] != (recon.Tolerance{Minor: 5, Days: 2}) {
		t.Errorf("%+v, %+v", r.layouts, r.tolerances)
	}
	for want, spoil := range map[string]func(c *SettlementConfig){
		"settlement.agreement: \"a_b\"":  func(c *SettlementConfig) { c.Agreement = "a_b" },
		"settlement.agreement: \"../a\"": func(c *SettlementConfig) { c.Agreement = "../a" },
		"settlement.reports[1]: name":    func(c *SettlementConfig) { c.Reports[1].Participant = "" },
		"settlement.reports[0]: columns": func(c *SettlementConfig) { c.Reports[0].Columns += "missing" },
		"has no field": func(c *SettlementConfig) {
			c.Reports[0].Columns = written(t, "c",
				"section summary.detail\na b")
		},
		"settlement.reports[0]: sftp.key":       func(c *SettlementConfig) { c.Reports[0].SFTP.Key = "" },
		"settlement.reports[0]: sftp.host_keys": func(c *SettlementConfig) { c.Reports[0].SFTP.HostKeys = nil },
		"settlement.layouts.bank: recon: layout": func(c *SettlementConfig) {
			c.Layouts["bank"] = written(t, "l",
				"colour red")
		},
		"settlement.layouts.bank: open":             func(c *SettlementConfig) { c.Layouts["bank"] += "missing" },
		"settlement.tolerances: recon: a tolerance": func(c *SettlementConfig) { c.Tolerances["HKD"] = ToleranceConfig{Days: 99} },
	} {
		bad := good()
		spoil(&bad)
		if _, err := bad.reporting(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
