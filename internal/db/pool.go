package db

import (
	"context"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Options of a [Pool].
type Options struct {
	// URL is a postgres:// connection string.
	URL string
	// Application names the component in the server's activity view.
	Application string
	// ConnectionsMax bounds the pool; 0 means 8, four per core of the
	// smallest machine the switch is meant for.
	ConnectionsMax int32
	// StatementTimeout ends a statement on the server; 0 means 10 s, above
	// the longest back-off of a contended row and below a partner's patience.
	StatementTimeout time.Duration
}

// Pool is a bounded set of connections to one database.
type Pool struct{ pool *pgxpool.Pool }

var _ Reader = (*Pool)(nil)

// Open connects and checks that the server answers.
func Open(ctx context.Context, options Options) (*Pool, error) {
	config, err := pgxpool.ParseConfig(options.URL)
	if err != nil {
		return nil, err
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
	return &Pool{pool: pool}, nil
}

func configure(config *pgxpool.Config, options Options) {
	if options.ConnectionsMax == 0 {
		options.ConnectionsMax = 8
	}
	if options.StatementTimeout == 0 {
		options.StatementTimeout = 10 * time.Second
	}
	config.MaxConns = options.ConnectionsMax
	config.MaxConnLifetime = 5 * time.Minute
	config.MaxConnLifetimeJitter = 30 * time.Second
	config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeCacheStatement
	// Runtime parameters of the connection instead of SET, which does not roll
	// back properly inside a CockroachDB transaction.
	parameters := config.ConnConfig.RuntimeParams
	parameters["application_name"] = options.Application
	parameters["default_transaction_isolation"] = "serializable"
	parameters["timezone"] = "UTC"
	milliseconds := options.StatementTimeout.Milliseconds()
	parameters["statement_timeout"] = itoa(milliseconds)
	parameters["idle_in_transaction_session_timeout"] = itoa(milliseconds)
}

// Close waits for borrowed connections and closes all.
func (p *Pool) Close() { p.pool.Close() }

// Ping reports whether the database answers.
func (p *Pool) Ping(ctx context.Context) error {
	if err := p.pool.Ping(ctx); err != nil {
		return unavailable(err)
	}
	return nil
}

// Query runs a read outside any transaction.
func (p *Pool) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	return p.pool.Query(ctx, sql, args...)
}

// QueryRow runs a read of at most one row outside any transaction.
func (p *Pool) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return p.pool.QueryRow(ctx, sql, args...)
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// observe is where the attempts histogram hooks in.
func (p *Pool) observe(context.Context, int, error) {}
