package interop_test

import (
	"regexp"
	"strings"

	_ "embed"
)

// payment is a pacs.008.001.13 of 2.8 KB.
//
//go:embed testdata/payment.xml
var payment string

var newElements = regexp.MustCompile(`(?s)\s*<(XpryDtTm|AgrdRate)>.*?</(XpryDtTm|AgrdRate)>`)

// oldPayment is the payment without what their newest version does not know.
func oldPayment() string {
	return strings.Replace(newElements.ReplaceAllString(payment, ""), "pacs.008.001.13", "pacs.008.001.09", 1)
}
