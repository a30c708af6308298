package vault

import (
	"context"
	"errors"
	"net/http"
	"sync"

	"github.com/hashicorp/vault/api"

	"github.com/causeway-pay/causeway/internal/reason"
)

// Credentials are a user and password of the database that Vault made for this
// process alone, and ends by itself. It is safe for concurrent use.
type Credentials struct {
	client *Client
	path   string

	mu    sync.Mutex
	lease *api.Secret // guarded by mu
}

// Credentials gets the first credentials of a role of the database engine, such as
// database/creds/causeway.
func (c *Client) Credentials(ctx context.Context, path string) (*Credentials, error) {
	credentials := &Credentials{client: c, path: path}
	return credentials, credentials.fetch(ctx)
}

func (c *Credentials) fetch(ctx context.Context) error {
	lease, err := c.client.api.Logical().ReadWithContext(ctx, c.path)
	if err != nil {
		return refused("credentials", err)
	}
	if lease == nil || text(lease, "username") == "" || text(lease, "password") == "" {
		return reason.New(reason.Missing, "vault.credentials", c.path+" gives no username and password")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lease = lease
	return nil
}

func text(secret *api.Secret, field string) string {
	value, _ := secret.Data[field].(string)
	return value
}

// Current returns the credentials for a connection that is opened now.
func (c *Credentials) Current() (user, password string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return text(c.lease, "username"), text(c.lease, "password")
}

// Run renews the lease until ctx ends. Before it ends for good Run gets new
// credentials and calls changed, so that connections with the old ones go in time;
// what fails is told, and tried again.
func (c *Credentials) Run(ctx context.Context, changed func(), failed func(error)) {
	for ctx.Err() == nil {
		c.mu.Lock()
		lease := c.lease
		c.mu.Unlock()
		if err := watch(ctx, c.client.api, lease); err != nil && !over(err) {
			failed(err)
		}
		for ctx.Err() == nil {
			if err := c.fetch(ctx); err != nil {
				failed(err)
				rest(ctx, retryAfter)
				continue
			}
			changed()
			break
		}
	}
}

// over tells whether Vault has said that a lease cannot be renewed any more. That is its
// end, which may come between two renewals, and no failure: others are there to be had.
func over(err error) bool {
	var answer *api.ResponseError
	return errors.As(err, &answer) && answer.StatusCode == http.StatusBadRequest
}
