package emvqr_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/connectors/emvqr"
)

func TestPaymentCodes(t *testing.T) {
	issuers, err := emvqr.NewIssuers(
		emvqr.IssuerRange{Issuer: "HK-HARBOUR", Length: 24, Pattern: "251001"},
		emvqr.IssuerRange{Issuer: "HK-TRIAL", Length: 24, Pattern: "251001??99"},
		emvqr.IssuerRange{Issuer: "CN-OVERRIDE", Length: 18, Pattern: "28"},
	)
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct{ code, issuer, kind, findings string }{
		{"251001020123456789012345", "HK-HARBOUR", "02", ""},
		{"251001029923456789012345", "HK-TRIAL", "02", ""},
		{"251001070123456789012345", "HK-HARBOUR", "07", "business-type warning"},
		{"261001020123456789012345", "alipay-plus", "02", ""},
		{"311001020123456789012345", "", "02", ""},
		{"28123456789012345", "alipay-cn", "", ""},
		{"281234567890123456", "CN-OVERRIDE", "", ""},
		{"2812345678901234567", "alipay-partner", "", ""},
		{"2891234567890512345", "alipay-partner", "", ""},
		{"2891234567890612345", "alipay-partner-6", "", ""},
		{"2881234567890612345", "alipay-partner", "", ""},
		{"134567890123456789", "wechat", "", ""},
		{"164567890123456789", "", "", ""},
		{"6212345678901234567", "unionpay", "", ""},
		{"1234567890123456", "", "", ""},
		{"28123456789012345678", "", "", "digits-reserved warning"},
		{"25100102012345678901234567890123", "", "", "digits-reserved warning"},
	}
	for _, c := range cases {
		t.Run(c.code, func(t *testing.T) {
			code, findings := emvqr.Read(c.code)
			if code.Form != emvqr.DigitsForm || strings.Join(brief(findings), ",") != c.findings {
				t.Errorf("%s, findings %v", code.Form, findings)
			}
			if got := code.Payment.BusinessType(); got != c.kind {
				t.Errorf("business type %q", got)
			}
			want := []emvqr.Party{}
			if c.issuer != "" {
				want = []emvqr.Party{{Scheme: c.issuer, Payer: true, Kind: "prefix", Value: c.code[:6]}}
			}
			if difference := cmp.Diff(want, emvqr.Identify(code, issuers).Parties); difference != "" {
				t.Error(difference)
			}
			for _, line := range emvqr.Explain(code) {
				if len(line.Value) > 6 && strings.Trim(line.Value, "*") != "" {
					t.Errorf("shows the number: %+v", line)
				}
			}
		})
	}
	for _, text := range []string{
		"", "123456789012345", strings.Repeat("1", 33), "25100102012345678901234x", "２５1001020123456789",
	} {
		if _, findings := emvqr.ReadPaymentCode(text); len(findings) != 1 || findings[0].Rule != "digits" {
			t.Errorf("%q: %v", text, findings)
		}
	}
	code, _ := emvqr.Read("251001020123456789012345")
	if parties := emvqr.Identify(code, emvqr.Issuers{}).Parties; len(parties) != 0 {
		t.Errorf("the empty table knows %v", parties)
	}
}

func TestIssuersRefused(t *testing.T) {
	for _, r := range []emvqr.IssuerRange{
		{Issuer: "A", Length: 15, Pattern: "25"},
		{Issuer: "A", Length: 33, Pattern: "25"},
		{Issuer: "A", Length: 24, Pattern: ""},
		{Issuer: "A", Length: 24, Pattern: "25x"},
		{Issuer: "A", Length: 16, Pattern: "12345678901234567"},
	} {
		if _, err := emvqr.NewIssuers(r); err == nil {
			t.Errorf("%+v is taken", r)
		}
	}
	if _, err := emvqr.NewIssuers(make([]emvqr.IssuerRange, 10_001)...); err == nil {
		t.Error("10,001 ranges are taken")
	}
}

// TestMostDigitsDecide holds the table against the plain reading of its rule.
func TestMostDigitsDecide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		patterns := rapid.SliceOfN(rapid.StringMatching(`[12?]{1,5}`), 1, 12).Draw(t, "patterns")
		code := rapid.StringMatching(`[12]{16}`).Draw(t, "code")
		var ranges []emvqr.IssuerRange
		want, most := "", -1
		for i, pattern := range patterns {
			ranges = append(ranges, emvqr.IssuerRange{Issuer: fmt.Sprint(i), Length: 16, Pattern: pattern})
			fits, fixed := true, 0
			for k, d := range pattern {
				if d != '?' {
					fixed++
					fits = fits && byte(d) == code[k]
				}
			}
			if fits && fixed > most {
				want, most = fmt.Sprint(i), fixed
			}
		}
		table, err := emvqr.NewIssuers(ranges...)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := table.Find(emvqr.PaymentCode{Digits: code}); got.Issuer != want {
			t.Fatalf("%q decides, want %q", got.Issuer, want)
		}
	})
}
