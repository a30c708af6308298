package node

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/causeway-pay/causeway/compliance"
	"github.com/causeway-pay/causeway/compliance/keeper"
	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/fx/book"
	"github.com/causeway-pay/causeway/internal/audit"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/outbox"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement"
	"github.com/causeway-pay/causeway/settlement/deliver"
	"github.com/causeway-pay/causeway/settlement/fees"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/settlement/recon"
	"github.com/causeway-pay/causeway/settlement/report"
	"github.com/causeway-pay/causeway/settlement/window"
	"github.com/causeway-pay/causeway/switch/agreement"
	"github.com/causeway-pay/causeway/switch/api"
	"github.com/causeway-pay/causeway/switch/customs"
	"github.com/causeway-pay/causeway/switch/dispute"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/merchant"
	"github.com/causeway-pay/causeway/switch/person"
	"github.com/causeway-pay/causeway/switch/route"
)

// Migrations returns the steps of every domain, in the order in which their
// tables lean on one another.
func Migrations() ([]db.Migration, error) {
	var all []db.Migration
	for _, load := range []func() ([]db.Migration, error){
		outbox.Migrations, route.Migrations, fx.Migrations, book.Migrations, audit.Migrations,
		compliance.Migrations, keeper.Migrations, ledger.Migrations,
		position.Migrations, window.Migrations, fees.Migrations, instruct.Migrations, report.Migrations, deliver.Migrations,
		recon.Migrations,
		agreement.Migrations, merchant.Migrations, dispute.Migrations, customs.Migrations,
		engine.Migrations, person.Migrations, api.Migrations,
	} {
		migrations, err := load()
		if err != nil {
			return nil, err
		}
		all = append(all, migrations...)
	}
	return all, nil
}

// Migrate brings a database up to this program and returns how many steps were
// applied.
func Migrate(ctx context.Context, url string) (int, error) {
	migrations, err := Migrations()
	if err != nil {
		return 0, err
	}
	pool, err := db.Open(ctx, db.Options{URL: url, Application: "causeway-migrate"})
	if err != nil {
		return 0, err
	}
	defer pool.Close()
	return db.Migrate(ctx, pool, clock.System{}, migrations)
}

// takeOn makes sure that the region has a window, and that the configured
// participants, corridors and first operators exist. What the database has
// already is left as it is.
func takeOn(ctx context.Context, pool *db.Pool, c clock.Clock, config Config) error {
	known, err := route.Load(ctx, pool)
	if err != nil {
		return err
	}
	participants, err := readParticipants(config)
	if err != nil {
		return err
	}
	return pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		if err := window.Start(ctx, tx, config.Region, c.Now()); err != nil {
			return err
		}
		for _, p := range participants {
			if _, exists := known.Participant(p.ID); exists {
				continue
			}
			if err := takeOnParticipant(ctx, tx, p); err != nil {
				return err
			}
		}
		if err := openHub(ctx, tx, known, config); err != nil {
			return err
		}
		return takeOnCorridors(ctx, tx, known, config.Corridors)
	})
}

// openHub opens the hub's own accounts, also those that participants taken on by
// an earlier program do not have.
func openHub(ctx context.Context, tx db.Tx, known *route.Directory, config Config) error {
	currencies := map[money.Currency]bool{config.Rates.book(): true}
	for _, p := range known.Participants() {
		currencies[p.Currency] = true
	}
	for _, currency := range slices.Sorted(maps.Keys(currencies)) {
		if err := settlement.OpenHub(ctx, tx, currency); err != nil {
			return err
		}
	}
	return nil
}

type newParticipant struct {
	route.Participant
	limit money.Amount
	codes []route.MerchantCode
}

func takeOnParticipant(ctx context.Context, tx db.Tx, p newParticipant) error {
	if err := route.SaveParticipant(ctx, tx, p.Participant); err != nil {
		return err
	}
	for _, code := range p.codes {
		if err := route.SaveMerchantCode(ctx, tx, code); err != nil {
			return err
		}
	}
	return settlement.Onboard(ctx, tx, p.ID, p.Region, p.limit)
}

func takeOnCorridors(ctx context.Context, tx db.Tx, known *route.Directory, wanted []CorridorConfig) error {
	existing := known.Corridors()
	for _, w := range wanted {
		corridor, err := w.corridor()
		if err != nil {
			return err
		}
		if slices.ContainsFunc(existing, func(c route.Corridor) bool { return c.Name() == corridor.Name() }) {
			continue
		}
		if err := route.SaveCorridor(ctx, tx, corridor); err != nil {
			return err
		}
	}
	return nil
}

func readParticipants(config Config) ([]newParticipant, error) {
	var participants []newParticipant
	for _, p := range config.Participants {
		key, err := os.ReadFile(p.PublicKeyFile)
		if err != nil {
			return nil, fmt.Errorf("participant %s: %w", p.ID, err)
		}
		limit, err := p.cap()
		if err != nil {
			return nil, fmt.Errorf("participant %s: %w", p.ID, err)
		}
		one := newParticipant{Participant: p.participant(), limit: limit, codes: p.merchantCodes()}
		one.Region, one.Keys = config.Region, map[int]string{1: string(key)}
		participants = append(participants, one)
	}
	return participants, nil
}
