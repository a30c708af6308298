package api

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/internal/audit"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/settlement/deliver"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/report"
	"github.com/causeway-pay/causeway/switch/api/wire"
	"github.com/causeway-pay/causeway/switch/engine"
)

// reportFiles lists the files of a window, of one participant or of all.
func (s *server) reportFiles(c call) (answer, error) {
	id, err := c.id()
	if err != nil {
		return answer{}, err
	}
	query, err := c.query("participant")
	if err != nil {
		return answer{}, err
	}
	files, err := report.FilesOf(c.Context(), s.Pool, id, query.Get("participant"))
	return ok(wire.ReportFiles{Files: each(files, reportFileOf)}, err)
}

func reportFileOf(f report.IssuedFile) wire.ReportFile {
	return wire.ReportFile{
		ID: f.ID, WindowID: f.WindowID, ParticipantID: f.ParticipantID, Currency: f.Currency, Kind: string(f.Kind),
		Path: f.Path, Rows: f.Rows, Bytes: f.Bytes, SHA256: hex.EncodeToString(f.SHA256[:]), DueAt: f.DueAt,
		CreatedAt: f.CreatedAt,
	}
}

// download is a body that is served in ranges.
type download struct {
	io.ReadSeekCloser
	file report.IssuedFile
}

// reportFile serves a file that was issued, or a range of it.
func (s *server) reportFile(c call) (answer, error) {
	id, err := c.id()
	if err != nil {
		return answer{}, err
	}
	if s.OpenFile == nil {
		return answer{}, reason.New(reason.Unsupported, "api.reportFile", "this hub writes no files")
	}
	var file report.IssuedFile
	err = s.reading(c, "report.read", id, nil, func(ctx context.Context, tx db.Tx) error {
		var found bool
		if file, found, err = report.FindFile(ctx, tx, id); err == nil && !found {
			err = reason.New(reason.Missing, "api.reportFile", "")
		}
		return err
	})
	if err != nil {
		return answer{}, err
	}
	body, err := s.OpenFile(c.Context(), file)
	return answer{download: &download{body, file}}, err
}

// serve writes the file, or the range that is asked for, with its checksum
// (RFC 9530).
func (d *download) serve(w http.ResponseWriter, r *http.Request) {
	defer func() { _ = d.Close() }()
	media := map[string]string{".csv": "text/csv; charset=utf-8", ".xml": "application/xml"}[path.Ext(d.file.Path)]
	if media == "" {
		media = "text/plain; charset=utf-8"
	}
	header := w.Header()
	header.Set("Content-Type", media)
	header.Set("Content-Disposition", `attachment; filename="`+path.Base(d.file.Path)+`"`)
	header.Set("ETag", `"`+hex.EncodeToString(d.file.SHA256[:])+`"`)
	header.Set("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(d.file.SHA256[:])+":")
	http.ServeContent(w, r, "", d.file.CreatedAt, d)
}

// deliveries lists files on their way to participants' servers.
func (s *server) deliveries(c call) (answer, error) {
	query, page, err := c.listing("participant", "limit")
	if err != nil {
		return answer{}, err
	}
	list, err := deliver.Recent(c.Context(), s.Pool, s.Region, query.Get("participant"), page.limit)
	return ok(wire.Deliveries{Deliveries: each(list, deliveryOf)}, err)
}

func deliveryOf(d deliver.Delivery) wire.Delivery {
	shown := wire.Delivery{
		FileID: d.FileID, ParticipantID: d.ParticipantID, Path: d.Path, State: string(d.State), DueAt: d.DueAt,
		Attempts: d.Attempts, NextAt: d.NextAt, DeliveredAt: d.DeliveredAt, Problem: d.Problem,
	}
	if d.State == deliver.Delivered {
		shown.NextAt = time.Time{}
	}
	return shown
}

// redeliver lets what waits for a participant be tried at once.
func (s *server) redeliver(c call) (answer, error) {
	var body wire.Redelivery
	if err := c.body(&body); err != nil {
		return answer{}, err
	}
	if _, known := s.Directory().Participant(body.ParticipantID); !known {
		return answer{}, reason.New(reason.Missing, "api.redeliver", "")
	}
	at := s.Clock.Now()
	entry := audit.Entry{
		ID: ids.New(), At: at, Actor: c.actor(), Action: "report.redeliver", Subject: body.ParticipantID,
	}
	var files int64
	err := s.Pool.InTx(c.Context(), func(ctx context.Context, tx db.Tx) (err error) {
		if files, err = deliver.Again(ctx, tx, s.Region, body.ParticipantID, at); err != nil {
			return err
		}
		return Record(ctx, tx, entry)
	})
	return ok(wire.Redelivered{Files: files}, err)
}

// explain serves a page of the entries that a figure is made of.
func (s *server) explain(c call) (answer, error) {
	query, err := c.query("figure", "after", "limit")
	if err != nil {
		return answer{}, err
	}
	after, err := explainPlace(query.Get("after"))
	if err != nil {
		return answer{}, err
	}
	page, err := pageOf(query)
	if err != nil {
		return answer{}, err
	}
	var shown wire.Explanation
	err = s.Pool.InTx(c.Context(), func(ctx context.Context, tx db.Tx) error {
		f, err := engine.ParseFigure(ctx, tx, s.Region, s.Calendars, query.Get("figure"))
		if err != nil {
			return err
		}
		net, err := engine.NetOf(ctx, tx, f)
		if err != nil {
			return err
		}
		entries, next, err := engine.Explain(ctx, tx, f, after, page.limit)
		shown = wire.Explanation{
			Figure: fmt.Sprintf("%d/%s/%s/%s", f.Window.Number, f.ParticipantID, f.Currency, f.Name), Net: wire.AmountOf(net),
			Entries: each(entries, explainedOf),
		}
		if next != nil {
			shown.Next = fmt.Sprintf("%d.%s.%s.%d", next.WindowNumber, next.PaymentID, next.SubjectID, next.Sequence)
		}
		return err
	})
	return ok(shown, err)
}

func explainedOf(x engine.Explained) wire.ExplainedEntry {
	return wire.ExplainedEntry{
		AccountEntry: accountEntryOf(x.Entry), WindowID: x.WindowID, SubjectID: x.SubjectID, Signed: wire.AmountOf(x.Signed),
	}
}

// explainPlace reads where a page goes on.
func explainPlace(text string) (engine.ExplainPlace, error) {
	if text == "" {
		return engine.ExplainPlace{}, nil
	}
	parts := strings.Split(text, ".")
	wrong := malformed("after is the next of an earlier page")
	if len(parts) != 4 {
		return engine.ExplainPlace{}, wrong
	}
	number, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil {
		return engine.ExplainPlace{}, wrong
	}
	payment, err := ids.Parse(parts[1])
	if err != nil {
		return engine.ExplainPlace{}, wrong
	}
	subject, err := ids.Parse(parts[2])
	if err != nil {
		return engine.ExplainPlace{}, wrong
	}
	sequence, err := strconv.ParseInt(parts[3], 10, 16)
	if err != nil {
		return engine.ExplainPlace{}, wrong
	}
	return engine.ExplainPlace{
		WindowNumber: number,
		WindowPlace:  ledger.WindowPlace{PaymentID: payment, SubjectID: subject, Sequence: int16(sequence)},
	}, nil
}
