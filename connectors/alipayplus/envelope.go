package alipayplus

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/reason"
)

// Header names. Requests use the documented spelling; answers use lower case,
// because a published SDK compares them byte by byte.
const (
	headerSignature   = "Signature"
	headerClientID    = "Client-Id"
	headerRequestTime = "Request-Time"

	answerSignature = "signature"
	answerClientID  = "client-id"
	answerTime      = "response-time"

	contentType = "application/json; charset=UTF-8"
)

// headerLengthMost bounds each header of the envelope. A Signature header with
// a key of 8192 bits, every character escaped, has 4,150 characters.
const headerLengthMost = 4608

// SigningString returns the bytes that are signed: method and path on one line,
// then client id, time and body joined by dots. It serves requests and answers.
func SigningString(method, path, clientID, time string, body []byte) []byte {
	signed := make([]byte, 0, len(method)+len(path)+len(clientID)+len(time)+len(body)+4)
	signed = append(signed, method...)
	signed = append(signed, ' ')
	signed = append(signed, path...)
	signed = append(signed, '\n')
	signed = append(signed, clientID...)
	signed = append(signed, '.')
	signed = append(signed, time...)
	signed = append(signed, '.')
	return append(signed, body...)
}

// Signature is the content of a Signature header.
type Signature struct {
	KeyVersion int
	// Value is the raw signature.
	Value []byte
}

// FormatSignature writes the header as published SDKs insist on: three parts in
// this order, no spaces, standard base64, URL-encoded.
func FormatSignature(signature Signature) string {
	value := url.QueryEscape(base64.StdEncoding.EncodeToString(signature.Value))
	return "algorithm=" + keys.RSA256 + ",keyVersion=" + strconv.Itoa(signature.KeyVersion) + ",signature=" + value
}

// ParseSignature reads a Signature header: its parts in any order, spaces
// around them, the algorithm in any case. A part that is missing, unknown or
// given twice, another algorithm or a value that is not URL-encoded base64 is
// an error of kind InvalidSignature.
func ParseSignature(header string) (Signature, error) {
	parts, err := signatureParts(header)
	if err != nil {
		return Signature{}, err
	}
	if !strings.EqualFold(parts["algorithm"], keys.RSA256) {
		return Signature{}, badSignature("algorithm")
	}
	version, err := strconv.ParseUint(parts["keyVersion"], 10, 31)
	if err != nil {
		return Signature{}, badSignature("keyVersion")
	}
	encoded, err := url.QueryUnescape(parts["signature"])
	if err != nil || strings.ContainsAny(encoded, "\r\n") {
		return Signature{}, badSignature("signature")
	}
	value, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil || len(value) == 0 {
		return Signature{}, badSignature("signature")
	}
	return Signature{KeyVersion: int(version), Value: value}, nil
}

func signatureParts(header string) (map[string]string, error) {
	parts := make(map[string]string, 3)
	for part := range strings.SplitSeq(header, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		switch name {
		case "algorithm", "keyVersion", "signature":
		default:
			return nil, badSignature("unknown part")
		}
		if _, twice := parts[name]; twice {
			return nil, badSignature(name + " given twice")
		}
		parts[name] = value
	}
	return parts, nil
}

func badSignature(part string) error {
	return reason.New(reason.InvalidSignature, "alipayplus.signature", fmt.Sprintf("Signature header: %s", part))
}
