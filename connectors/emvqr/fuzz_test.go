package emvqr_test

import (
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/connectors/emvqr"
)

// seeds are codes of every form, whole and broken.
func seeds() []string {
	list := []string{
		oneApplication, twoApplications, qrisPayer, unionPayPayer, "upi://pay?pa=shop@bank&pn=Test%20Shop&am=12.50&cu=INR",
		"251001020123456789012345", "28123456789012345", "", "000201", "00020101021", "hQVDUFYwMQ==", "upi://pay?",
		with(tlv("62", tlv("50", tlv("00", "x")))), sealed("0002015903茶屋"), "0002015906茶屋6304",
	}
	for _, v := range vectors {
		list = append(list, v.text)
	}
	return list
}

// FuzzRead: no text makes the reader fail, what is accepted can be told, and the
// canonical form of what is accepted says the same.
func FuzzRead(f *testing.F) {
	for _, text := range seeds() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		code, findings := emvqr.Read(text)
		for _, finding := range findings {
			if finding.Rule == "" || finding.Offset < 0 || finding.Offset > len(text) {
				t.Errorf("a finding without rule or place: %+v", finding)
			}
		}
		identity := emvqr.Identify(code, emvqr.Issuers{})
		for _, line := range emvqr.Explain(code) {
			if strings.ContainsAny(line.Value, "\x00\x1b\n\u202e") {
				t.Errorf("%s is not fit for a terminal", line.Place)
			}
		}
		if _, err := emvqr.Parse(text); err != nil || code.Form != emvqr.MerchantForm {
			return
		}
		again, err := emvqr.Parse(code.Merchant.Canonical())
		if err != nil && len(code.Merchant.Canonical()) <= emvqr.SizeMax {
			t.Fatalf("the canonical form of %q: %v", text, err)
		}
		if other := emvqr.Identify(again, emvqr.Issuers{}); err == nil && other.Amount != identity.Amount {
			t.Errorf("%v became %v", identity.Amount, other.Amount)
		}
	})
}

// FuzzConsumer: what can be read can be written, and says the same.
func FuzzConsumer(f *testing.F) {
	for _, text := range seeds() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, findings := emvqr.ReadConsumer(text)
		for _, finding := range findings {
			if !finding.Warning {
				return
			}
		}
		again, err := c.Build()
		if err != nil {
			return // more than one format indicator, or one byte of length more than 512 allow
		}
		back, findings := emvqr.ReadConsumer(again)
		if len(findings) > 0 || flat(back.Elements) != flat(c.Elements) {
			t.Errorf("%q became %q: %v", text, again, findings)
		}
	})
}

// FuzzLink: what can be read can be written, and says the same.
func FuzzLink(f *testing.F) {
	for _, text := range seeds() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		link, findings := emvqr.ReadLink(text)
		if len(findings) > 0 || len(link.Text()) > emvqr.SizeMax {
			return
		}
		back, findings := emvqr.ReadLink(link.Text())
		if len(findings) > 0 || len(back.Parameters) != len(link.Parameters) {
			t.Fatalf("%q became %q: %v", text, link.Text(), findings)
		}
		for i, p := range link.Parameters {
			if back.Parameters[i].Value != p.Value {
				t.Errorf("%s became %q", p.Name, back.Parameters[i].Value)
			}
		}
	})
}
