package api

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/internal/audit"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/telemetry"
)

// Role is what an operator may do. Every role but [Provider] may read what is not
// personal.
type Role string

// The roles.
const (
	// Viewer reads.
	Viewer Role = "viewer"
	// Treasury sets caps and corridors and closes windows.
	Treasury Role = "treasury"
	// Compliance reads personal data, suspends participants and resolves held
	// payments.
	Compliance Role = "compliance"
	// Operations does the same as compliance, and replays dead letters.
	Operations Role = "operations"
	// Admin takes operators on and off.
	Admin Role = "admin"
	// Provider is a liquidity provider's machine: it states exchange rates in its
	// own name and may do nothing else, not even read.
	Provider Role = "provider"
)

// Roles returns all roles.
func Roles() []Role { return []Role{Viewer, Treasury, Compliance, Operations, Admin, Provider} }

// Operator is a person who works with the switch.
type Operator struct {
	ID        ids.ID
	Name      string
	Roles     []Role
	Active    bool
	CreatedAt time.Time
}

// Has reports whether the operator has one of the roles.
func (o Operator) Has(roles []Role) bool {
	return slices.ContainsFunc(roles, func(role Role) bool { return slices.Contains(o.Roles, role) })
}

// NewOperator is a person to take on.
type NewOperator struct {
	Name  string
	Roles []Role
	Token telemetry.Personal
}

// adminsMin is how many administrators there must be: with one alone nobody
// could ever approve another.
const adminsMin = 2

// ErrTooFewAdmins means that fewer than two active administrators would be left,
// so that nobody could approve a change of operators any more.
var ErrTooFewAdmins = errors.New("api: at least two operators must be administrators")

// TakeOnOperators makes the first operators. It does nothing if there are any,
// or if none are given; later ones come through the proposal operator.add. Two
// of them must be administrators, or it returns [ErrTooFewAdmins].
func TakeOnOperators(ctx context.Context, pool *db.Pool, c clock.Clock, operators []NewOperator) error {
	if len(operators) == 0 {
		return nil
	}
	rows, err := firstRows(operators, c.Now())
	if err != nil {
		return err
	}
	return pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		existing, err := allOperators(ctx, tx)
		if err != nil || len(existing) > 0 {
			return err
		}
		for _, row := range rows {
			if err := insertOperator(ctx, tx, row); err != nil {
				return err
			}
			err := Record(ctx, tx, audit.Entry{
				ID: ids.Derive(row.ID, "operator.take_on", 0), At: row.CreatedAt, Actor: audit.System("configuration"),
				Action: "operator.take_on", Subject: row.ID.String(), Detail: map[string]string{"roles": joinRoles(row.Roles)},
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// operatorRow is an operator with what only the database knows.
type operatorRow struct {
	Operator
	TokenHash TokenHash
}

func firstRows(operators []NewOperator, at time.Time) ([]operatorRow, error) {
	rows := make([]operatorRow, 0, len(operators))
	admins := 0
	for i, o := range operators {
		hash, err := HashToken(o.Token)
		if err != nil {
			return nil, fmt.Errorf("api: operator %d: %w", i+1, err)
		}
		roles, err := sortedRoles(o.Roles)
		if err != nil {
			return nil, fmt.Errorf("api: operator %d: %w", i+1, err)
		}
		if slices.Contains(roles, Admin) {
			admins++
		}
		rows = append(rows, operatorRow{Operator{ids.New(), o.Name, roles, true, at}, hash})
	}
	if admins < adminsMin {
		return nil, ErrTooFewAdmins
	}
	return rows, nil
}

// sortedRoles checks roles and brings them into the order of [Roles].
func sortedRoles(given []Role) ([]Role, error) {
	var sorted []Role
	for _, role := range Roles() {
		if slices.Contains(given, role) {
			sorted = append(sorted, role)
		}
	}
	for _, role := range given {
		if !slices.Contains(sorted, role) {
			return nil, fmt.Errorf("api: no role %q", role)
		}
	}
	if len(sorted) == 0 {
		return nil, errors.New("api: no role")
	}
	return sorted, nil
}

func joinRoles(roles []Role) string {
	texts := make([]string, len(roles))
	for i, role := range roles {
		texts[i] = string(role)
	}
	return strings.Join(texts, ",")
}

func splitRoles(text string) ([]Role, error) {
	var roles []Role
	for part := range strings.SplitSeq(text, ",") {
		roles = append(roles, Role(part))
	}
	return sortedRoles(roles)
}
