package vault

import (
	"context"
	"strings"

	"github.com/causeway-pay/causeway/internal/reason"
)

// referencePrefix starts a reference.
const referencePrefix = "vault:"

// secretBytesMost bounds a secret; the longest that is wanted is a database URL.
const secretBytesMost = 8192

// IsReference reports whether a value of the configuration stands for a secret.
func IsReference(value string) bool { return strings.HasPrefix(value, referencePrefix) }

// Secret reads what a reference stands for: vault:PATH#FIELD, with the path of a KV
// engine of version 2, which has "data" in it. The answer is a secret; errors name
// only the reference.
func (c *Client) Secret(ctx context.Context, reference string) (string, error) {
	const op = "vault.Secret"
	path, field, ok := strings.Cut(strings.TrimPrefix(reference, referencePrefix), "#")
	if !ok || path == "" || field == "" || !IsReference(reference) {
		return "", reason.New(reason.InvalidRequest, op, "want vault:PATH#FIELD")
	}
	secret, err := c.api.Logical().ReadWithContext(ctx, path)
	if err != nil {
		return "", refused("Secret", err)
	}
	if secret == nil {
		return "", reason.New(reason.Missing, op, path+" holds nothing")
	}
	data, _ := secret.Data["data"].(map[string]any)
	value, ok := data[field].(string)
	if !ok || value == "" || len(value) > secretBytesMost {
		return "", reason.New(reason.Missing, op, path+" has no text in "+field)
	}
	return value, nil
}
