package vault_test

import (
	"context"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/vault/api"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/keys/vaulttest"
	"github.com/causeway-pay/causeway/internal/reason"
)

func TestSecrets(t *testing.T) {
	server := vaulttest.Start(t)
	client := rootClient(t, server)
	server.Write(t, "secret/data/causeway", map[string]any{"data": map[string]any{
		"database_url": "postgres://hub:canary@db/causeway", "empty": "", "number": 7, "long": strings.Repeat("x", 9000),
	}})
	for reference, want := range map[string]reason.Kind{
		"vault:secret/data/causeway#database_url": reason.None,
		"vault:secret/data/causeway#other":        reason.Missing,
		"vault:secret/data/causeway#empty":        reason.Missing,
		"vault:secret/data/causeway#number":       reason.Missing,
		"vault:secret/data/causeway#long":         reason.Missing,
		"vault:secret/data/nothing#database_url":  reason.Missing,
		"vault:secret/data/causeway":              reason.InvalidRequest,
		"vault:#database_url":                     reason.InvalidRequest,
		"secret/data/causeway#database_url":       reason.InvalidRequest,
	} {
		value, err := client.Secret(t.Context(), reference)
		if reason.Of(err) != want || err == nil && value != "postgres://hub:canary@db/causeway" {
			t.Errorf("%s: %q, %v", reference, value, err)
		}
		if err != nil && strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: the error holds the secret", reference)
		}
	}
}

// databaseEngine lets a Vault make users of a database that live so long.
func databaseEngine(t *testing.T, server *vaulttest.Server, address, ttl, most string) {
	t.Helper()
	if err := server.Root.Sys().Mount("database", &api.MountInput{Type: "database"}); err != nil {
		t.Fatal(err)
	}
	server.Write(t, "database/config/causeway", map[string]any{
		"plugin_name": "postgresql-database-plugin", "allowed_roles": "causeway", "connection_url": address,
	})
	server.Write(t, "database/roles/causeway", map[string]any{
		"db_name": "causeway", "default_ttl": ttl, "max_ttl": most,
		"creation_statements": `CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'`,
	})
}

// Users of the database that live fifteen seconds: the pool reads on without an error
// while they come and go, each with a name of its own.
func TestCredentialsOfTheDatabaseChangeUnderWay(t *testing.T) {
	server := vaulttest.Start(t)
	address := dbtest.URL(t)
	databaseEngine(t, server, address, "9s", "15s")
	credentials, err := rootClient(t, server).Credentials(t.Context(), "database/creds/causeway")
	if err != nil {
		t.Fatal(err)
	}
	anonymous, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	anonymous.User = nil
	pool, err := db.Open(t.Context(), db.Options{URL: anonymous.String(), Credentials: credentials.Current})
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	var changes atomic.Int32
	running.Go(func() {
		credentials.Run(ctx, func() { changes.Add(1); pool.Renew() }, func(err error) { t.Error(err) })
	})
	defer running.Wait()
	defer cancel()
	users := map[string]bool{}
	for end := time.Now().Add(2 * time.Minute); len(users) < 3; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d users after %d changes in two minutes", len(users), changes.Load())
		}
		var user string
		if err := pool.QueryRow(t.Context(), `SELECT current_user`).Scan(&user); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(user, "v-") {
			t.Fatalf("the user is %s, not one of Vault's", user)
		}
		users[user] = true
	}
	if changes.Load() < 2 {
		t.Errorf("%d users after %d changes", len(users), changes.Load())
	}
}

func TestCredentialsThatAreNotThere(t *testing.T) {
	server := vaulttest.Start(t)
	if _, err := rootClient(t, server).Credentials(t.Context(), "secret/data/nothing"); reason.Of(err) != reason.Missing {
		t.Error(err)
	}
}
