package node

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/deliver"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/recon"
	"github.com/causeway-pay/causeway/settlement/report"
)

// ReportConfig says what the report files of a participant look like and where
// they go.
type ReportConfig struct {
	Participant string `koanf:"participant"`
	// Columns is a file with the participant's own column map, in the form of
	// settlement/report/columns.txt.
	Columns string `koanf:"columns"`
	// SFTP is the participant's file server; without an address files are fetched
	// over the API.
	SFTP SFTPConfig `koanf:"sftp"`
}

// SFTPConfig is a file server of a participant.
type SFTPConfig struct {
	// Address is host and port.
	Address string `koanf:"address"`
	User    string `koanf:"user"`
	// Key is the file of the hub's private key.
	Key string `koanf:"key"`
	// HostKeys are the server's, such as "ssh-ed25519 AAAA...".
	HostKeys []string `koanf:"host_keys"`
	// Root is the directory that the layout begins in.
	Root string `koanf:"root"`
}

// ToleranceConfig is how far lines of statements may differ in a currency.
type ToleranceConfig struct {
	// Minor is in minor units, Days are calendar days.
	Minor int64 `koanf:"minor"`
	Days  int   `koanf:"days"`
}

// reporting is what is read of the configuration of reports and reconciliation.
type reporting struct {
	columns    map[string]report.Columns
	targets    map[string]deliver.Target
	layouts    map[string]recon.Layout
	tolerances recon.Rules
}

// agreementForm is what can stand between the underscores of a file's name.
var agreementForm = regexp.MustCompile(`^[A-Za-z0-9.-]{1,32}$`)

// reporting reads the files that the configuration names.
func (c SettlementConfig) reporting() (reporting, error) {
	r := reporting{
		columns: map[string]report.Columns{}, targets: map[string]deliver.Target{}, layouts: map[string]recon.Layout{},
		tolerances: recon.Rules{},
	}
	if c.Agreement != "" && !agreementForm.MatchString(c.Agreement) {
		return reporting{}, fmt.Errorf("settlement.agreement: %q is not 1 to 32 letters, digits, dots and dashes",
			c.Agreement)
	}
	for i, p := range c.Reports {
		if err := r.add(p); err != nil {
			return reporting{}, fmt.Errorf("settlement.reports[%d]: %w", i, err)
		}
	}
	for name, path := range c.Layouts {
		layout, err := readFile(path, func(file io.Reader) (recon.Layout, error) { return recon.ReadLayout(name, file) })
		if err != nil {
			return reporting{}, fmt.Errorf("settlement.layouts.%s: %w", name, err)
		}
		r.layouts[name] = layout
	}
	for currency, t := range c.Tolerances {
		r.tolerances[money.Currency(currency)] = recon.Tolerance{Minor: t.Minor, Days: t.Days}
	}
	if err := r.tolerances.Check(); err != nil {
		return reporting{}, fmt.Errorf("settlement.tolerances: %w", err)
	}
	return r, nil
}

// add reads what is agreed with one participant.
func (r reporting) add(c ReportConfig) error {
	if c.Participant == "" {
		return errors.New("name the participant")
	}
	if c.Columns != "" {
		standard, err := report.Standard()
		if err != nil {
			return err
		}
		columns, err := readFile(c.Columns, func(file io.Reader) (report.Columns, error) {
			return report.ReadColumns(standard, file)
		})
		if err != nil {
			return fmt.Errorf("columns: %w", err)
		}
		r.columns[c.Participant] = columns
	}
	if c.SFTP.Address == "" {
		return nil
	}
	key, err := deliver.ReadKey(c.SFTP.Key)
	if err != nil {
		return fmt.Errorf("sftp.key: %w", err)
	}
	hostKeys, err := deliver.ReadHostKeys(c.SFTP.HostKeys)
	if err != nil {
		return fmt.Errorf("sftp.host_keys: %w", err)
	}
	r.targets[c.Participant] = deliver.Target{
		Address: c.SFTP.Address, User: c.SFTP.User, Key: key, HostKeys: hostKeys, Root: c.SFTP.Root,
	}
	return nil
}

// readFile reads a file that the configuration names.
func readFile[T any](path string, read func(io.Reader) (T, error)) (T, error) {
	file, err := os.Open(path)
	if err != nil {
		var none T
		return none, err
	}
	defer func() { _ = file.Close() }()
	return read(file)
}

// courier delivers report files; nil if no participant has a server.
func (n *Node) courier() *deliver.Courier {
	if len(n.reporting.targets) == 0 {
		return nil
	}
	return deliver.NewCourier(deliver.Config{
		Pool: n.pool, Clock: n.clock, Logger: n.telemetry.Logger(), Region: n.config.Region, Targets: n.reporting.targets,
		Open: n.openReport,
	})
}

// openReport opens a report file that was issued. Where this hub does not have
// it, or not whole, all files of its window are issued again: they are the same.
func (n *Node) openReport(ctx context.Context, file report.IssuedFile) (io.ReadSeekCloser, error) {
	path := filepath.Join(n.config.Reports, filepath.FromSlash(file.Path))
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() != file.Bytes {
		_, err = n.engine.Report(ctx, n.config.Reports, file.WindowID)
	}
	if err != nil {
		return nil, err
	}
	return os.Open(path)
}

// reconcile takes statements of settlement banks.
func (n *Node) reconcile(ctx context.Context, statements []recon.Statement) error {
	err := n.pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		for _, s := range statements {
			account := ledger.HubAccount(ledger.Nostro).ID(s.Currency)
			_, err := recon.Take(ctx, tx, account, s, recon.FromLedger(account), n.reporting.tolerances, n.clock.Now())
			if err != nil {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, recon.ErrDiffers) {
		return reason.Wrap(reason.Inconsistent, "node.reconcile", err)
	}
	return err
}
