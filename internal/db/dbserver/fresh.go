package dbserver

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/ids"
)

// freshWait bounds making and dropping a database.
const freshWait = 30 * time.Second

// Fresh makes an empty database on the server and returns its URL, so that what
// is there already neither disturbs nor is disturbed. Drop removes it with
// everything in it.
func (s *Server) Fresh(ctx context.Context, prefix string) (address string, drop func() error, err error) {
	target, err := url.Parse(s.URL())
	if err != nil {
		return "", nil, fmt.Errorf("dbserver: fresh: %w", err)
	}
	name := prefix + "_" + strings.ReplaceAll(ids.Secret().String(), "-", "")[:12]
	if err := s.administer(ctx, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize()); err != nil {
		return "", nil, fmt.Errorf("dbserver: the user of DATABASE_URL must be allowed to create a database: %w", err)
	}
	target.Path = "/" + name
	drop = func() error {
		return s.administer(context.WithoutCancel(ctx), "DROP DATABASE "+pgx.Identifier{name}.Sanitize())
	}
	return target.String(), drop, nil
}

func (s *Server) administer(ctx context.Context, statement string) error {
	ctx, cancel := context.WithTimeout(ctx, freshWait)
	defer cancel()
	connection, err := pgx.Connect(ctx, s.URL())
	if err != nil {
		return err
	}
	_, err = connection.Exec(ctx, statement)
	return errors.Join(err, connection.Close(ctx))
}
