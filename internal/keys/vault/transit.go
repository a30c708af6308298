package vault

import (
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/reason"
)

// Transit is a home of private keys in Vault's Transit engine. The key's versions
// are Vault's own.
type Transit struct {
	client    *Client
	mount     string
	name      string
	algorithm keys.Algorithm
	queue     queue
}

var _ keys.Home = (*Transit)(nil)

// NewTransit returns the home of the key with a name in the engine at a mount; a
// key that is made is of the algorithm.
func NewTransit(client *Client, mount, name string, algorithm keys.Algorithm) *Transit {
	return &Transit{client: client, mount: mount, name: name, algorithm: algorithm}
}

func (t *Transit) path(verb string) string { return t.mount + "/" + verb + "/" + t.name }

// material is what Vault says about a version.
type material struct {
	CreatedAt time.Time `json:"creation_time"`
	Public    string    `json:"public_key"`
}

// about is what Vault says about a key (GET transit/keys/name).
type about struct {
	Keys map[string]material `json:"keys"`
	Type string              `json:"type"`
	// Minimum is the first version that is still signed with and accepted.
	Minimum int `json:"min_decryption_version"`
}

func (t *Transit) about(ctx context.Context) (about, error) {
	secret, err := t.client.api.Logical().ReadWithContext(ctx, t.path("keys"))
	if err != nil {
		return about{}, refused("transit", err)
	}
	var said about
	if secret == nil {
		return said, nil // there is no such key
	}
	raw, err := json.Marshal(secret.Data)
	if err != nil {
		return said, reason.Wrap(reason.Unknown, "vault.transit", err)
	}
	if err := json.Unmarshal(raw, &said); err != nil {
		return said, reason.Wrap(reason.Unknown, "vault.transit", err)
	}
	if said.Type != string(t.algorithm) {
		return said, reason.New(reason.InvalidRequest, "vault.transit",
			fmt.Sprintf("key %s is of type %s, want %s", t.name, said.Type, t.algorithm))
	}
	return said, nil
}

// Versions implements [keys.Home]. Vault does not tell of retired versions.
func (t *Transit) Versions(ctx context.Context) ([]keys.Version, error) {
	said, err := t.about(ctx)
	if err != nil {
		return nil, err
	}
	var versions []keys.Version
	for text, key := range said.Keys {
		number, err := strconv.Atoi(text)
		if err != nil {
			return nil, reason.Wrap(reason.Unknown, "vault.transit", err)
		}
		public, err := publicPEM(key.Public)
		if err != nil {
			return nil, reason.Wrap(reason.Unknown, "vault.transit", err)
		}
		versions = append(versions, keys.Version{
			Number: number, CreatedAt: key.CreatedAt.UTC(), Public: public, Retired: number < said.Minimum,
		})
	}
	slices.SortFunc(versions, func(a, b keys.Version) int { return a.Number - b.Number })
	return versions, nil
}

// publicPEM returns a public key as PKIX PEM, which Vault gives for all kinds but
// Ed25519, whose bare 32 bytes it gives in base64.
func publicPEM(text string) (string, error) {
	if strings.HasPrefix(text, "-----BEGIN ") {
		return text, nil
	}
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(raw) != ed25519.PublicKeySize {
		return "", errors.New("a public key that is neither PEM nor Ed25519")
	}
	der, err := x509.MarshalPKIXPublicKey(ed25519.PublicKey(raw))
	if err != nil {
		return "", err
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})), nil
}

// parseSignature reads "vault:v3:BASE64", and insists on the version.
func parseSignature(text string, version int) ([]byte, error) {
	const op = "vault.sign"
	encoded, ours := strings.CutPrefix(text, "vault:v"+strconv.Itoa(version)+":")
	if !ours {
		return nil, reason.New(reason.Unknown, op, "a signature of another version, or of another form")
	}
	signature, err := base64.StdEncoding.DecodeString(encoded)
	if err == nil && len(signature) == 0 {
		err = errEmpty
	}
	return signature, reason.Wrap(reason.Unknown, op, err)
}

// Generate implements [keys.Home]. Vault keeps a key from being exported unless
// told otherwise, which it is not.
func (t *Transit) Generate(ctx context.Context) error {
	said, err := t.about(ctx)
	if err != nil {
		return err
	}
	if len(said.Keys) == 0 {
		_, err = t.client.api.Logical().WriteWithContext(ctx, t.path("keys"), map[string]any{"type": string(t.algorithm)})
	} else {
		_, err = t.client.api.Logical().WriteWithContext(ctx, t.path("keys")+"/rotate", nil)
	}
	if err != nil {
		return refused("rotate", err)
	}
	return nil
}

// Retire implements [keys.Home]: Vault neither signs with nor accepts what is older
// than its minimum version.
func (t *Transit) Retire(ctx context.Context, version int) error {
	_, err := t.client.api.Logical().WriteWithContext(ctx, t.path("keys")+"/config", map[string]any{
		"min_decryption_version": version + 1, "min_encryption_version": version + 1,
	})
	if err != nil {
		return refused("retire", err)
	}
	return nil
}
