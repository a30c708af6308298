package keys

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"strings"
)

const (
	privateBlock = "PRIVATE KEY"
	publicBlock  = "PUBLIC KEY"
)

// ParsePublic reads a public key as a partner hands it out: PKIX
// (SubjectPublicKeyInfo, RFC 5280 section 4.1.2.7) in PEM, or the same DER in
// bare base64, as the SDKs of the Alipay+ family print it. Line breaks within
// the base64 are accepted.
func ParsePublic(text string) (crypto.PublicKey, error) {
	der, err := publicDER(text)
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, fmt.Errorf("keys: public key: %w", err)
	}
	return key, suitable(key)
}

func publicDER(text string) ([]byte, error) {
	if block, rest := pem.Decode([]byte(text)); block != nil {
		if block.Type != publicBlock || len(bytes.TrimSpace(rest)) > 0 {
			return nil, fmt.Errorf("keys: want one PEM block %q", publicBlock)
		}
		return block.Bytes, nil
	}
	der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		return nil, fmt.Errorf("keys: public key is neither PEM nor base64: %w", err)
	}
	return der, nil
}

// FormatPublic writes a public key as PKIX PEM.
func FormatPublic(key crypto.PublicKey) (string, error) {
	if err := suitable(key); err != nil {
		return "", err
	}
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return "", fmt.Errorf("keys: public key: %w", err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: publicBlock, Bytes: der})), nil
}

func parsePrivate(data []byte) (crypto.Signer, error) {
	block, _ := pem.Decode(data)
	if block == nil || block.Type != privateBlock {
		return nil, fmt.Errorf("keys: want a PEM block %q (PKCS#8)", privateBlock)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("keys: private key: %w", err)
	}
	signer, signs := key.(crypto.Signer)
	if !signs {
		return nil, ErrUnsuitableKey
	}
	return signer, suitable(signer.Public())
}

func formatPrivate(key crypto.Signer) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("keys: private key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: privateBlock, Bytes: der}), nil
}
