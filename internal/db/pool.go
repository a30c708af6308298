package db

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/puddle/v2"

	"github.com/causeway-pay/causeway/internal/seal"
)

// Options of a [Pool].
type Options struct {
	// URL is a postgres:// connection string.
	URL string
	// Credentials, if set, are asked for each connection that is opened, and used
	// instead of those in the URL.
	Credentials func() (user, password string)
	// Application names the component in the server's activity view.
	Application string
	// ConnectionsMax bounds the pool; 0 means 8, four per core of the
	// smallest machine the switch is meant for.
	ConnectionsMax int32
	// StatementTimeout ends a statement on the server; 0 means 10 s, above
	// the longest back-off of a contended row and below a partner's patience.
	StatementTimeout time.Duration
	// WholeTables is for those who read tables from end to end, such as checks of the
	// books: the server may choose plans without an index.
	WholeTables bool
	// Box seals and opens personal data; nil stores it as it is.
	Box *seal.Box
	// Observe, if set, is told of every finished InTx call: how many attempts
	// it took, at least 1, and the error it returns. It must not block.
	Observe func(ctx context.Context, attempts int, err error)
	// Rehearse is for tests: every transaction is first tried and rolled back, at its end or
	// in the middle, so that a closure that cannot start over is found.
	Rehearse bool
}

// Pool is a bounded set of connections to one database.
type Pool struct {
	pool    *pgxpool.Pool
	box     *seal.Box
	observe func(ctx context.Context, attempts int, err error)
	// rehearse is [Options.Rehearse].
	rehearse bool
}

var _ Reader = (*Pool)(nil)

// Open connects and checks that the server answers. A server that does not
// gives [ErrUnavailable].
func Open(ctx context.Context, options Options) (*Pool, error) {
	config, err := pgxpool.ParseConfig(options.URL)
	if err != nil {
		return nil, fmt.Errorf("db: open: %w", err)
	}
	configure(config, options)
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, unavailable(err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, unavailable(err)
	}
	observe := options.Observe
	if observe == nil {
		observe = func(context.Context, int, error) {}
	}
	return &Pool{pool: pool, box: options.Box, observe: observe, rehearse: options.Rehearse}, nil
}

// CheckURL says what is wrong with an [Options.URL]. It may name several servers, of which
// the one that takes writes is found at each connection:
// postgres://user@one:5432,two:5432/causeway?target_session_attrs=read-write. A password
// in it is not repeated.
func CheckURL(url string) error {
	if !strings.HasPrefix(url, "postgres://") && !strings.HasPrefix(url, "postgresql://") {
		return errors.New("want postgres://..., got none or another scheme")
	}
	_, err := pgxpool.ParseConfig(url)
	return err
}

func configure(config *pgxpool.Config, options Options) {
	if options.ConnectionsMax == 0 {
		options.ConnectionsMax = 8
	}
	if options.StatementTimeout == 0 {
		options.StatementTimeout = 10 * time.Second
	}
	if options.Credentials != nil {
		config.BeforeConnect = func(_ context.Context, connection *pgx.ConnConfig) error {
			connection.User, connection.Password = options.Credentials()
			return nil
		}
	}
	config.AfterConnect = prepare(options)
	config.MaxConns = options.ConnectionsMax
	config.MaxConnLifetime = 5 * time.Minute
	config.MaxConnLifetimeJitter = 30 * time.Second
	// The URL must not be able to choose the simple protocol.
	config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeCacheStatement
	// Runtime parameters of the connection instead of SET, which does not roll
	// back properly inside a CockroachDB transaction.
	parameters := config.ConnConfig.RuntimeParams
	parameters["application_name"] = options.Application
	// [Pool.InTx] states SERIALIZABLE for every transaction. What runs outside is
	// one reading statement, which sees one snapshot either way; SERIALIZABLE
	// would only let PostgreSQL abort it with 40001 for the sake of others.
	parameters["default_transaction_isolation"] = "read committed"
	parameters["timezone"] = "UTC"
	milliseconds := strconv.FormatInt(options.StatementTimeout.Milliseconds(), 10)
	parameters["statement_timeout"] = milliseconds
	parameters["idle_in_transaction_session_timeout"] = milliseconds
}

// prepare makes a new connection ready.
func prepare(options Options) func(ctx context.Context, connection *pgx.Conn) error {
	return func(ctx context.Context, connection *pgx.Conn) error {
		teach(connection.TypeMap(), options.Box)
		if options.WholeTables {
			return nil
		}
		return settle(ctx, connection)
	}
}

// teach makes a connection know our types: ids, lists, and personal data.
func teach(types *pgtype.Map, box *seal.Box) {
	teachIDs(types)
	teachArrays(types)
	s := seals{box}
	types.TryWrapEncodePlanFuncs = append([]pgtype.TryWrapEncodePlanFunc{s.wrap}, types.TryWrapEncodePlanFuncs...)
	types.TryWrapScanPlanFuncs = append([]pgtype.TryWrapScanPlanFunc{s.wrapTarget}, types.TryWrapScanPlanFuncs...)
}

// settle sets what only PostgreSQL knows.
func settle(ctx context.Context, connection *pgx.Conn) error {
	if connection.PgConn().ParameterStatus("crdb_version") != "" {
		return nil
	}
	// Every statement that payments wait for has its index. PostgreSQL would keep a plan
	// without it that it made while a table was empty, until it has looked at the table
	// again; and it would plan anew for each length of its arrays, which takes longer than
	// what is planned. Whatever has no index looks so costly then that it would be compiled.
	_, err := connection.Exec(ctx, `SELECT set_config('enable_seqscan', 'off', false),
		set_config('plan_cache_mode', 'force_generic_plan', false), set_config('jit', 'off', false)`)
	return err
}

// Seal seals personal data beforehand, for a BYTEA column in a transaction that is to be
// short; see [Private].
func (p *Pool) Seal(value Private) []byte { return p.box.Seal(value) }

// Close waits for borrowed connections and closes all.
func (p *Pool) Close() { p.pool.Close() }

// Renew replaces all connections, those in use when they are given back: their
// credentials are about to end.
func (p *Pool) Renew() { p.pool.Reset() }

// Ping reports whether the database answers.
func (p *Pool) Ping(ctx context.Context) error {
	if err := p.pool.Ping(ctx); err != nil {
		return unavailable(err)
	}
	return nil
}

// Query runs a read outside any transaction. A database that cannot be reached
// gives [ErrUnavailable].
func (p *Pool) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	rows, err := p.pool.Query(ctx, sql, args...)
	return rows, classifyOnPool(err)
}

// QueryRow runs a read of at most one row outside any transaction. A database
// that cannot be reached gives [ErrUnavailable].
func (p *Pool) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return row{p.pool.QueryRow(ctx, sql, args...)}
}

// row classifies the error of a single-row read, which comes with Scan.
type row struct{ row pgx.Row }

// Scan implements pgx.Row.
func (r row) Scan(targets ...any) error { return classifyOnPool(r.row.Scan(targets...)) }

// classifyOnPool is [classify] for errors that only the pool itself can give.
func classifyOnPool(err error) error {
	if errors.Is(err, puddle.ErrClosedPool) {
		return unavailable(err)
	}
	return classify(err)
}

// severed reports whether the connection ended under a statement.
func severed(err error) bool {
	var network net.Error
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &network)
}
