package api_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/internal/audit"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/internal/telemetry"
	"github.com/causeway-pay/causeway/switch/api"
)

func TestTokens(t *testing.T) {
	seen := map[telemetry.Personal]bool{}
	for range 100 {
		token := api.NewToken()
		if len(token) != 47 || !strings.HasPrefix(string(token), "cwo_") || seen[token] {
			t.Fatalf("token of %d characters", len(token))
		}
		seen[token] = true
		hash, err := api.HashToken(token)
		if err != nil || hash.String() != hex.EncodeToString(hash[:]) || len(hash.String()) != 64 {
			t.Fatal(err)
		}
		if text := fmt.Sprintf(
			"%v %+v %s",
			token,
			api.NewOperator{Token: token},
			token,
		); strings.Contains(
			text,
			string(token)[4:],
		) {
			t.Fatal("a token shows when it is printed")
		}
	}
	token := api.NewToken()
	for name, wrong := range map[string]telemetry.Personal{
		"empty": "", "prefix": "cwo_", "no prefix": token[4:], "short": token[:46], "long": token + "A",
		"padded": token + "=", "space": " " + token, "line": token + "\n", "other prefix": "cwx_" + token[4:],
		"not base64url": "cwo_" + telemetry.Personal(strings.Repeat("+", 43)),
	} {
		_, err := api.HashToken(wrong)
		if reason.Of(err) != reason.InvalidRequest {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTokenBits: the last character of a token carries bits that mean nothing;
// only one spelling is the token.
func TestTokenBits(t *testing.T) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	token := string(api.NewToken())
	accepted := 0
	for _, last := range alphabet {
		if _, err := api.HashToken(telemetry.Personal(token[:46] + string(last))); err == nil {
			accepted++
		}
	}
	if accepted != 16 {
		t.Errorf("%d spellings of the last 4 bits", accepted)
	}
}

func TestTakeOnOperators(t *testing.T) {
	migrations := withAudit(t)
	person := func(name string, roles ...api.Role) api.NewOperator {
		return api.NewOperator{Name: name, Roles: roles, Token: api.NewToken()}
	}
	a, b := person("a", api.Admin, api.Treasury), person("b", api.Admin)
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		c := &movingClock{}
		count := func() (operators, entries int64) {
			err := errors.Join(
				pool.QueryRow(t.Context(), `SELECT count(*) FROM operator`).Scan(&operators),
				pool.QueryRow(t.Context(), `SELECT count(*) FROM audit_row WHERE actor = 'system:configuration'`).Scan(&entries),
			)
			if err != nil {
				t.Fatal(err)
			}
			return operators, entries
		}
		for name, wrong := range map[string][]api.NewOperator{
			"one admin":    {a, person("c", api.Viewer)},
			"no roles":     {a, b, person("c")},
			"unknown role": {a, b, person("c", "owner")},
			"no name":      {a, b, person("", api.Viewer)},
			"no token":     {a, b, {Name: "c", Roles: []api.Role{api.Viewer}}},
			"token twice":  {a, b, {Name: "c", Roles: []api.Role{api.Viewer}, Token: a.Token}},
		} {
			if err := api.TakeOnOperators(t.Context(), pool, c, wrong); err == nil {
				t.Errorf("%s: accepted", name)
			}
		}
		if err := api.TakeOnOperators(t.Context(), pool, c, []api.NewOperator{a}); !errors.Is(err, api.ErrTooFewAdmins) {
			t.Errorf("one person: %v", err)
		}
		if err := api.TakeOnOperators(t.Context(), pool, c, nil); err != nil {
			t.Error(err)
		}
		if operators, entries := count(); operators != 0 || entries != 0 {
			t.Fatalf("%d operators, %d entries after refusals", operators, entries)
		}
		// The second time is a restart with another configuration.
		for _, list := range [][]api.NewOperator{{a, b}, {person("d", api.Admin), person("e", api.Admin)}} {
			if err := api.TakeOnOperators(t.Context(), pool, c, list); err != nil {
				t.Fatal(err)
			}
			if operators, entries := count(); operators != 2 || entries != 2 {
				t.Errorf("%d operators, %d entries", operators, entries)
			}
		}
		var plain int64
		err := pool.QueryRow(t.Context(), `SELECT count(*) FROM operator WHERE token_hash = $1`, []byte(string(a.Token))).
			Scan(&plain)
		if err != nil || plain != 0 {
			t.Errorf("a token is stored as it is: %v", err)
		}
	}, migrations)
}

// withAudit returns the tables of the API and of the audit log.
func withAudit(t *testing.T) []db.Migration {
	t.Helper()
	migrations, err := api.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	log, err := audit.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	return append(migrations, log...)
}

// TestTakeOnTogether: hubs that start at the same time take on the same people
// once.
func TestTakeOnTogether(t *testing.T) {
	migrations := withAudit(t)
	people := []api.NewOperator{
		{Name: "a", Roles: []api.Role{api.Admin}, Token: api.NewToken()},
		{Name: "b", Roles: []api.Role{api.Admin}, Token: api.NewToken()},
	}
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		errs := make(chan error)
		for range 4 {
			go func() { errs <- api.TakeOnOperators(t.Context(), pool, &movingClock{}, people) }()
		}
		for range 4 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		var count int64
		if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM operator`).Scan(&count); err != nil || count != 2 {
			t.Errorf("%d operators, %v", count, err)
		}
	}, migrations)
}

func TestNewRefuses(t *testing.T) {
	if _, err := api.New(api.Config{}); err == nil {
		t.Error("an API of nothing")
	}
	each(t, func(t *testing.T, b *bench) {
		kind := api.Definition[noteChange]{Name: "position.cap.set"}.Kind()
		viewers := api.Definition[noteChange]{Name: "test", Approve: []api.Role{api.Viewer}}.Kind()
		for name, kind := range map[string]api.Kind{"twice": kind, "bare": {Name: "test"}, "viewers": viewers} {
			if _, err := api.New(b.config([]api.Kind{kind})); err == nil {
				t.Errorf("%s: accepted", name)
			}
		}
		config := b.config(nil)
		config.CutOff, config.Changed = nil, nil
		if _, err := api.New(config); err != nil {
			t.Error(err)
		}
	})
}
