package emvqr_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/connectors/emvqr"
	"github.com/causeway-pay/causeway/money"
)

func TestLinks(t *testing.T) {
	cases := []struct {
		name, text string
		want       emvqr.Identity
		findings   []string
	}{
		{
			name: "static", text: "upi://pay?pa=shop@bank&pn=Test%20Shop",
			want: emvqr.Identity{Name: "Test Shop", Currency: "INR"}, findings: []string{},
		},
		{
			name: "for one payment", text: "upi://pay?pa=shop@bank&pn=Test+Shop&am=12.5&cu=INR&tr=ORDER7&mc=5411&tn=tea",
			want: emvqr.Identity{Dynamic: true, Name: "Test Shop", Currency: "INR", Reference: "ORDER7",
				Amount: money.New(1250, "INR")},
			findings: []string{},
		},
		{
			name: "in capital letters, by mode", text: "UPI://PAY?pa=shop@bank&mode=15",
			want: emvqr.Identity{Dynamic: true, Currency: "INR"}, findings: []string{},
		},
		{
			name: "an empty amount", text: "upi://pay?pa=shop@bank&am=&cu=INR",
			want: emvqr.Identity{Currency: "INR"}, findings: []string{},
		},
		{
			name: "a currency of nobody", text: "upi://pay?pa=shop@bank&am=1&cu=XXX",
			want: emvqr.Identity{Currency: "XXX"}, findings: []string{"am amount refused"},
		},
		{
			name: "three digits of two", text: "upi://pay?pa=shop@bank&am=1.005",
			want: emvqr.Identity{Currency: "INR"}, findings: []string{"am amount refused"},
		},
		{
			name: "an amount of nothing", text: "upi://pay?pa=shop@bank&am=0.00",
			want: emvqr.Identity{Currency: "INR", Amount: money.New(0, "INR")}, findings: []string{"am amount-zero refused"},
		},
		{
			name: "two payees", text: "upi://pay?pa=shop@bank&pa=thief@bank",
			want: emvqr.Identity{Currency: "INR"}, findings: []string{"duplicate refused"},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			code, findings := emvqr.Read(c.text)
			if difference := cmp.Diff(c.findings, brief(findings)); difference != "" {
				t.Error(difference)
			}
			c.want.Form, c.want.Country = emvqr.LinkForm, "IN"
			c.want.Parties = []emvqr.Party{{Scheme: "upi", Kind: "vpa", Value: "shop@bank", Place: "pa"}}
			if difference := cmp.Diff(c.want, emvqr.Identify(code, emvqr.Issuers{})); difference != "" {
				t.Error(difference)
			}
		})
	}
}

func TestLinksRefused(t *testing.T) {
	for text, want := range map[string]string{
		"upi://pay?":                      "parameter",
		"upi://pay?pn=shop":               "missing",
		"upi://pay?pa=":                   "address",
		"upi://pay?pa=shop":               "address",
		"upi://pay?pa=@bank":              "address",
		"upi://pay?pa=shop@":              "address",
		"upi://pay?pa=a@b@c":              "address",
		"upi://pay?pa=a@b%20c":            "address",
		"upi://pay?pa=%zz":                "parameter",
		"upi://pay?pa=a%00@b":             "parameter",
		"upi://pay?pa=%ff@b":              "parameter",
		"upi://pay?=x":                    "parameter",
		"upi://pay?pa=a@b&%70a=c@d":       "parameter",
		"upi://pay?pa=a@b&p+n=c":          "parameter",
		"upi://pay?pa=a@b&pé=c":           "parameter",
		"upi://pay?pa=a@b&pa[]=c@d":       "parameter",
		"upi://pay?pa=a@b#c":              "parameter",
		"upi://pay?pa=a@b&pa=c@d":         "duplicate",
		"upi://pay?PA=c@d&pa=a@b":         "duplicate",
		"upi://pay?PA=a@b":                "missing",
		"upi://pay?pa=a@b&&am=1":          "parameter",
		"upi://pay?pa=a@b&pn=\u202e":      "characters",
		"upi://pay?pa=a@b&tn=" + longText: "size",
		"upi://mandate?pa=a@b":            "link",
		"https://pay.example/?pa=a@b":     "link",
	} {
		_, findings := emvqr.ReadLink(text)
		if len(findings) == 0 || findings[0].Rule != want {
			t.Errorf("%.40q: %v, want %s", text, findings, want)
		}
	}
}

var longText = strings.Repeat("x", 512)

func TestLinksAreReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.StringOfN(rapid.RuneFrom([]rune("aZ09 &=+%?#/@茶é")), 0, 30, -1)
		link := emvqr.Link{Parameters: []emvqr.Parameter{
			{Name: "pa", Value: "shop@bank"}, {Name: "pn", Value: value.Draw(t, "name")},
			{Name: "tn", Value: value.Draw(t, "note")},
		}}
		back, findings := emvqr.ReadLink(link.Text())
		if len(findings) > 0 {
			t.Fatal(findings)
		}
		for i := range back.Parameters {
			back.Parameters[i].Offset = 0
		}
		if difference := cmp.Diff(link, back); difference != "" {
			t.Fatal(difference)
		}
	})
}
