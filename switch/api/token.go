package api

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/internal/telemetry"
)

// TokenPrefix starts every operator's token, so that scanners for leaked secrets
// can recognise one.
const TokenPrefix = "cwo_"

// tokenBytes of randomness make a token that no list of hashes helps to find.
const tokenBytes = 32

// TokenHash is the SHA-256 of a token, which is all that the switch keeps.
type TokenHash [sha256.Size]byte

// String returns the hash as 64 hexadecimal digits.
func (h TokenHash) String() string { return hex.EncodeToString(h[:]) }

// NewToken makes a token: [TokenPrefix] and 32 random bytes in base64url without
// padding (RFC 4648 section 5), 47 characters together.
func NewToken() telemetry.Personal {
	random := make([]byte, tokenBytes)
	// crypto/rand.Read never fails: the program ends where there is no randomness.
	_, _ = rand.Read(random)
	return telemetry.Personal(TokenPrefix + base64.RawURLEncoding.EncodeToString(random))
}

// HashToken returns the hash of a token. A text that [NewToken] cannot have made
// is [reason.InvalidRequest].
func HashToken(token telemetry.Personal) (TokenHash, error) {
	encoded, ours := strings.CutPrefix(string(token), TokenPrefix)
	random, err := base64.RawURLEncoding.Strict().DecodeString(encoded)
	// The decoder passes over line ends.
	canonical := len(encoded) == base64.RawURLEncoding.EncodedLen(tokenBytes)
	if !ours || !canonical || err != nil || len(random) != tokenBytes {
		return TokenHash{}, reason.New(reason.InvalidRequest, "api.HashToken",
			"a token is "+TokenPrefix+" and 32 bytes in base64url")
	}
	return sha256.Sum256([]byte(token)), nil
}

// parseTokenHash reads 64 hexadecimal digits in lower case.
func parseTokenHash(text string) (TokenHash, bool) {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != sha256.Size || strings.ToLower(text) != text {
		return TokenHash{}, false
	}
	return TokenHash(raw), true
}
