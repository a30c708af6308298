package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/keys/openssl"
)

// Times and sizes of the floor: long enough for a stable average, short beside the
// run itself.
const (
	floorSignTime = 300 * time.Millisecond
	floorSyncTime = time.Second
	floorPage     = 8 << 10 // what PostgreSQL writes at once
)

// floor measures what cannot be had for less on this machine.
func (r *run) floor(ctx context.Context, report *Report) error {
	library, err := openssl.Choose(r.Library)
	if err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	for _, algorithm := range []keys.Algorithm{keys.P256, keys.RSA2048} {
		sign, verify, err := signatureCost(ctx, r.clock, library, filepath.Join(r.Dir, "floor"), algorithm, floorSignTime)
		if err != nil {
			return err
		}
		report.add("floor sign "+string(algorithm), "us", Neither, micros(sign))
		report.add("floor verify "+string(algorithm), "us", Neither, micros(verify))
	}
	syncs, err := flushCost(r.clock, r.flushFolder(ctx), floorSyncTime)
	if err != nil {
		return err
	}
	report.add("floor flush", "us", Neither, micros(syncs))
	bench, err := r.server.pgbench(ctx, r.Clients, r.Log)
	if err != nil {
		return err
	}
	report.addPgbench(bench)
	return nil
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// addPgbench writes pgbench's figures and what of them the switch reaches. A
// payment is two commits and some thirty rows, a transaction one and four.
func (r *Report) addPgbench(p pgbenchResult) {
	r.add("floor pgbench TPC-B", "transactions/s", Neither, p.perSecond)
	r.add("floor pgbench latency", "ms", Neither, p.latency)
	if p.processor > 0 {
		r.add("floor pgbench processor", "ms/transaction", Neither, p.processor)
	}
	if throughput, known := r.Figure("throughput"); known && p.perSecond > 0 {
		r.add("throughput to pgbench", "ratio", More, throughput.Value/p.perSecond)
	}
}

// signatureCost is the average time of a signature and of its verification.
func signatureCost(
	ctx context.Context, c clock.Clock, library keys.Library, folder string, algorithm keys.Algorithm,
	within time.Duration,
) (sign, verify time.Duration, err error) {
	owner := "floor-" + string(algorithm)
	if err := keys.GenerateAs(algorithm, folder, owner, 1); err != nil && !errors.Is(err, os.ErrExist) {
		return 0, 0, err
	}
	signer, err := keys.LoadWith(library, folder, owner, 1)
	if err != nil {
		return 0, 0, err
	}
	verifier := keys.NewPublishedWith(library, keys.Directory(folder))
	payload, signature := make([]byte, 1024), []byte(nil)
	sign, err = average(c, within, func() (err error) {
		signature, _, err = signer.Sign(ctx, payload)
		return err
	})
	if err != nil {
		return 0, 0, err
	}
	verify, err = average(c, within, func() error { return verifier.Verify(ctx, owner, 1, payload, signature) })
	return sign, verify, err
}

// average runs something over and over and returns what it takes.
func average(c clock.Clock, within time.Duration, work func() error) (time.Duration, error) {
	start, count := c.Now(), 0
	for {
		if err := work(); err != nil {
			return 0, err
		}
		count++
		if took := c.Now().Sub(start); took >= within {
			return took / time.Duration(count), nil
		}
	}
}

// flushFolder is a folder on the disk of the database where that can be written,
// else of the run.
func (r *run) flushFolder(ctx context.Context) string {
	var data string
	if err := r.stage.Pool.QueryRow(ctx, `SHOW data_directory`).Scan(&data); err == nil {
		if info, err := os.Stat(filepath.Dir(data)); err == nil && info.IsDir() {
			return filepath.Dir(data)
		}
	}
	return r.Dir
}

// flushCost is the average time to write a page and flush it to the disk.
func flushCost(c clock.Clock, folder string, within time.Duration) (time.Duration, error) {
	file, err := os.CreateTemp(folder, "flush-")
	if err != nil {
		return 0, fmt.Errorf("bench: flush: %w", err)
	}
	defer func() { _ = os.Remove(file.Name()) }()
	page := make([]byte, floorPage)
	took, err := average(c, within, func() error {
		if _, err := file.WriteAt(page, 0); err != nil {
			return err
		}
		return file.Sync()
	})
	return took, errors.Join(err, file.Close())
}
