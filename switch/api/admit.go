package api

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/internal/audit"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/internal/telemetry"
)

// admit returns the operator behind a request who may use the endpoint.
func (s *server) admit(r *http.Request, e endpoint) (Operator, error) {
	operator, err := s.authenticate(r)
	if err != nil {
		return Operator{}, err
	}
	if operator.Has(e.roles) {
		return operator, nil
	}
	s.refused(r.Context(), operator, e.method+" "+e.path)
	return Operator{}, reason.New(reason.AccessDenied, "api.admit", "none of your roles may do this")
}

// refused records that an operator tried what none of its roles may do.
func (s *server) refused(ctx context.Context, operator Operator, endpoint string) {
	s.note(ctx, audit.Entry{
		ID: ids.New(), At: s.Clock.Now(), Actor: operator.ID.String(), Action: "access.refused",
		Detail: map[string]string{"endpoint": endpoint},
	})
}

// authenticate finds the operator by the hash of the bearer token (RFC 6750).
// Whatever is wrong with a token, the answer is the same; of two of them another reader
// might take the other. The comparison is that of an index with a hash: its time says
// nothing about the token.
func (s *server) authenticate(r *http.Request) (Operator, error) {
	refusal := reason.New(reason.Unauthenticated, "api.authenticate", "")
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	hash, err := HashToken(telemetry.Personal(token))
	if err != nil || !strings.EqualFold(scheme, "Bearer") || len(r.Header.Values("Authorization")) > 1 {
		return Operator{}, refusal
	}
	operator, err := findOperator(r.Context(), s.Pool, selectOperatorByToken, hash[:])
	if reason.Of(err) == reason.Missing || err == nil && !operator.Active {
		return Operator{}, refusal
	}
	return operator, err
}

// noteTime is how long a note may take after its caller has gone.
const noteTime = 5 * time.Second

// note records what must be recorded even if the caller has gone. What it is
// about has happened, whether or not it could be recorded.
func (s *server) note(ctx context.Context, entry audit.Entry) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTime)
	defer cancel()
	err := s.Pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error { return Record(ctx, tx, entry) })
	if err != nil {
		s.Logger.LogAttrs(ctx, slog.LevelError, "action not recorded", slog.String("action", entry.Action),
			slog.Any("error", err))
	}
}
