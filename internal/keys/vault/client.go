package vault

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/vault/api"
	"github.com/hashicorp/vault/api/auth/approle"
	"github.com/hashicorp/vault/api/auth/kubernetes"

	"github.com/causeway-pay/causeway/internal/reason"
)

// callWithin bounds one call to Vault. It is less than what a partner's answer
// may take (10 s), so that a Vault that hangs leaves time to say so.
const callWithin = 3 * time.Second

// tokenBytesMost bounds what is read as a token; Vault's are below 200 bytes.
const tokenBytesMost = 4096

// ErrWrapping means that the secret id was not in its wrapping: somebody else has
// opened it, or it came from elsewhere. It is an alarm, not a failure to retry.
var ErrWrapping = errors.New("vault: ALARM: the wrapped secret id was opened before, has expired, or is not ours")

// errEmpty means that there was an answer with nothing in it. Vault has none to what is
// asked here; something on the way to it may.
var errEmpty = errors.New("vault: an empty answer")

// Config says where Vault is, and as whom to log in. Exactly one of TokenFile,
// RoleID and KubernetesRole is set.
type Config struct {
	// Address is https://host:port; http is for development.
	Address string
	// Authority is a PEM file of the authorities that Vault's certificate may be
	// from; empty means the machine's.
	Authority string
	// TokenFile holds a token.
	TokenFile string
	// RoleID is an AppRole, with its secret id wrapped by the token in
	// WrappedSecretFile. The file is removed once it was opened.
	RoleID            string
	WrappedSecretFile string
	// KubernetesRole is a role of the Kubernetes engine. ServiceTokenFile is
	// where Kubernetes puts the service account's token unless set.
	KubernetesRole   string
	ServiceTokenFile string
}

// Client talks to Vault. It is safe for concurrent use.
type Client struct {
	api    *api.Client
	method api.AuthMethod // nil with a token

	mu    sync.Mutex
	login *api.Secret // guarded by mu
}

// Open connects and logs in.
func Open(ctx context.Context, config Config) (*Client, error) {
	settings := api.DefaultConfig()
	if settings.Error != nil {
		return nil, fmt.Errorf("vault: %w", settings.Error)
	}
	settings.Address, settings.Timeout = config.Address, callWithin
	if transport, ok := settings.HttpClient.Transport.(*http.Transport); ok {
		// Each payment signs several times: its connections are kept.
		transport.MaxIdleConnsPerHost = 64
	}
	if config.Authority != "" {
		if err := settings.ConfigureTLS(&api.TLSConfig{CACert: config.Authority}); err != nil {
			return nil, fmt.Errorf("vault: %w", err)
		}
	}
	raw, err := api.NewClient(settings)
	if err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	raw.ClearToken() // the environment does not log us in
	raw.SetCheckRetry(transient)
	raw.SetMinRetryWait(retryLeast)
	raw.SetMaxRetryWait(retryMost)
	client := &Client{api: raw}
	if config.TokenFile != "" {
		return client, client.useToken(ctx, config.TokenFile)
	}
	if client.method, err = client.methodOf(ctx, config); err != nil {
		return nil, err
	}
	return client, client.logIn(ctx)
}

// Waits between two tries of a call. With the two repetitions of the api package
// they fit into callWithin.
const (
	retryLeast = 50 * time.Millisecond
	retryMost  = 500 * time.Millisecond
)

// transient says which calls are tried again: those that Vault did not answer, or
// answered by asking to come back. Vault also answers 500 to what it will never do.
func transient(ctx context.Context, answer *http.Response, err error) (bool, error) {
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if err != nil || answer == nil {
		return true, nil
	}
	switch answer.StatusCode {
	case http.StatusPreconditionFailed, http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable:
		return true, nil
	default:
		return false, nil
	}
}

func (c *Client) useToken(ctx context.Context, name string) error {
	token, err := readToken(name)
	if err != nil {
		return err
	}
	c.api.SetToken(token)
	login, err := c.lookUp(ctx)
	if err != nil {
		return refused("token", err)
	}
	ttl, err := login.TokenTTL()
	if err != nil {
		return fmt.Errorf("vault: token: %w", err)
	}
	renewable, err := login.TokenIsRenewable()
	if err != nil {
		return fmt.Errorf("vault: token: %w", err)
	}
	c.login = &api.Secret{Auth: &api.SecretAuth{
		ClientToken: token, Renewable: renewable, LeaseDuration: int(ttl.Seconds()),
	}}
	return nil
}

func (c *Client) methodOf(ctx context.Context, config Config) (api.AuthMethod, error) {
	if config.KubernetesRole != "" {
		return serviceAccount{role: config.KubernetesRole, tokenFile: config.ServiceTokenFile}, nil
	}
	secretID, err := c.unwrap(ctx, config.WrappedSecretFile)
	if err != nil {
		return nil, err
	}
	return approle.NewAppRoleAuth(config.RoleID, &approle.SecretID{FromString: secretID})
}

// serviceAccount logs in as a Kubernetes service account. It reads the account's token at
// each login, since Kubernetes replaces it long before a hub ends.
type serviceAccount struct{ role, tokenFile string }

// Login implements [api.AuthMethod].
func (s serviceAccount) Login(ctx context.Context, client *api.Client) (*api.Secret, error) {
	var options []kubernetes.LoginOption
	if s.tokenFile != "" {
		options = append(options, kubernetes.WithServiceAccountTokenPath(s.tokenFile))
	}
	method, err := kubernetes.NewKubernetesAuth(s.role, options...)
	if err != nil {
		return nil, err
	}
	return method.Login(ctx, client)
}

// wrappedPath is where a wrapping of an AppRole's secret id says that it was made.
const wrappedPath = "auth/approle/role/"

// unwrap opens the wrapping of a secret id, once. A wrapping that was made
// elsewhere is not opened: what is in it was chosen by somebody else.
func (c *Client) unwrap(ctx context.Context, name string) (string, error) {
	token, err := readToken(name)
	if err != nil {
		return "", err
	}
	found, err := c.api.Logical().WriteWithContext(ctx, "sys/wrapping/lookup", map[string]any{"token": token})
	if err != nil {
		return "", wrapping(err)
	}
	if found == nil {
		return "", refused("wrapping", errEmpty)
	}
	from, _ := found.Data["creation_path"].(string)
	if !strings.HasPrefix(from, wrappedPath) || !strings.HasSuffix(from, "/secret-id") {
		return "", wrapping(errors.New("made at another path"))
	}
	opened, err := c.api.Logical().UnwrapWithContext(ctx, token)
	if err != nil {
		return "", wrapping(err)
	}
	if opened == nil {
		return "", refused("wrapping", errEmpty)
	}
	secretID, ok := opened.Data["secret_id"].(string)
	if !ok {
		return "", wrapping(errors.New("no secret id in it"))
	}
	return secretID, os.Remove(name)
}

// wrapping tells a wrapping that Vault refuses from a Vault that does not answer.
func wrapping(err error) error {
	var answer *api.ResponseError
	if errors.As(err, &answer) && answer.StatusCode >= http.StatusInternalServerError {
		return refused("wrapping", err)
	}
	var unreachable *url.Error
	if errors.As(err, &unreachable) {
		return refused("wrapping", err)
	}
	return reason.Wrap(reason.AccessDenied, "vault.unwrap", ErrWrapping)
}

// logIn gets a new token. The api package counts a login without a token as an
// error.
func (c *Client) logIn(ctx context.Context) error {
	login, err := c.api.Auth().Login(ctx, c.method)
	if err != nil {
		return refused("login", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.login = login
	return nil
}

func (c *Client) held() *api.Secret {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.login
}

// retryAfter is how long a login that failed waits for the next try: often enough
// to be back soon after Vault is, too seldom to burden it.
const retryAfter = 2 * time.Second

// errTokenOver: the token of a file has come to its end.
var errTokenOver = reason.New(reason.AccessDenied, "vault.Run",
	"the token cannot be renewed any more; the file needs another")

// Run renews the token until ctx ends, logs in again when it cannot be renewed any
// more, and tells what failed.
func (c *Client) Run(ctx context.Context, failed func(error)) {
	for ctx.Err() == nil {
		err := c.renew(ctx)
		if ctx.Err() != nil {
			return
		}
		if c.method == nil {
			failed(cmp.Or[error](err, errTokenOver))
			return // a token of no method cannot be replaced
		}
		for err = c.logIn(ctx); err != nil && ctx.Err() == nil; err = c.logIn(ctx) {
			failed(err)
			rest(ctx, retryAfter)
		}
	}
}

// renew keeps the present token alive as long as Vault lets it.
func (c *Client) renew(ctx context.Context) error {
	login := c.held()
	if login.Auth.LeaseDuration == 0 {
		<-ctx.Done() // such as a root token: without end
		return nil
	}
	return watch(ctx, c.api, login)
}

// watch renews a lease until that ends or ctx does. A lease that cannot be renewed
// is over after two thirds of its time.
func watch(ctx context.Context, client *api.Client, lease *api.Secret) error {
	watcher, err := client.NewLifetimeWatcher(&api.LifetimeWatcherInput{
		Secret: lease, RenewBehavior: api.RenewBehaviorErrorOnErrors,
	})
	if err != nil {
		return fmt.Errorf("vault: renew: %w", err)
	}
	go watcher.Start()
	defer watcher.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-watcher.DoneCh():
			if err != nil {
				return refused("renew", err)
			}
			return nil
		case <-watcher.RenewCh():
		}
	}
}

func rest(ctx context.Context, length time.Duration) {
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// Check reports whether Vault answers and the token is good.
func (c *Client) Check(ctx context.Context) error {
	if _, err := c.lookUp(ctx); err != nil {
		return refused("check", err)
	}
	return nil
}

// lookUp asks what Vault knows about the present token.
func (c *Client) lookUp(ctx context.Context) (*api.Secret, error) {
	login, err := c.api.Auth().Token().LookupSelfWithContext(ctx)
	if err == nil && (login == nil || len(login.Data) == 0) {
		err = errEmpty
	}
	return login, err
}

// refused gives an error of Vault its kind. What Vault says names paths and
// policies, never secrets.
func refused(op string, err error) error {
	var answer *api.ResponseError
	if errors.As(err, &answer) && answer.StatusCode == http.StatusForbidden {
		return reason.Wrap(reason.AccessDenied, "vault."+op, err)
	}
	return reason.Wrap(reason.Unknown, "vault."+op, err)
}

func readToken(name string) (string, error) {
	info, err := os.Stat(name)
	if err != nil {
		return "", fmt.Errorf("vault: token: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 || info.Size() > tokenBytesMost {
		return "", fmt.Errorf("vault: %s: want mode 0600 and at most %d bytes", name, tokenBytesMost)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return "", fmt.Errorf("vault: token: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}
