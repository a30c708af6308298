package route_test

import (
	"context"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/connectors/emvqr"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/route"
)

// Codes of four countries, as posters have them; their CRC is right.
const (
	promptPay = "00020101021129370016A0000006770101110113006689123456752046011530376454041.005802TH5913TEST MERCHANT6007BANGKOK63047594"
	duitNow   = "00020201021126410014A000000615000101065016640209123456789520499995303458540510.005802MY5909QRCSDNBHD6005BANGI6304343F"
	payNow    = "00020101021126380009SG.PAYNOW010100211+65912345670301152045999530370254041.005802SG5913TEST MERCHANT6009SINGAPORE63046B0D"
	pix       = "00020101021126410014br.gov.bcb.pix0119contato@exemplo.org5204000053039865802BR5920ATELIE AFRO CULTURAL6009SAO PAULO62070503***6304198D"
	unknown   = "00020101021226450018org.example.switch0108PARTNER10207ORDER-7520454115303392540415005802JP5909TEST SHOP6005TOKYO62170507ORDER-70702T1630476B9"
	upiLink   = "upi://pay?pa=shop@okbank&pn=Shop&am=10.00&cu=INR"
)

var aliasKey = route.AliasKey("a key of the test")

func owns(acquirer, identifier, institution, alias string) route.AccountOwner {
	owner := route.AccountOwner{AcquirerID: acquirer, Mode: connectors.PrivateOrderCode, Account: route.Account{
		Identifier: identifier, Institution: institution,
	}}
	if alias != "" {
		owner.AliasHash = aliasKey.Hash(identifier, alias)
	}
	return owner
}

func acquirers(names ...string) []route.Participant {
	all := []route.Participant{wallet()}
	for _, name := range names {
		one := acquirer()
		one.ID, one.ClientID = name, "CLIENT-"+name
		all = append(all, one)
	}
	return all
}

// TestNationalCodesBelongToAcquirers: by identifier in either case, by the name of a
// scheme, by institution and by alias, the closest first.
func TestNationalCodesBelongToAcquirers(t *testing.T) {
	owners := map[string][]route.AccountOwner{
		"identifier":       {owns("A", "a000000677010111", "", "")},
		"scheme":           {owns("A", "paynow", "", ""), owns("A", "upi", "", "")},
		"unknown":          {owns("A", "ORG.EXAMPLE.SWITCH", "", "")},
		"institution":      {owns("A", "A0000006150001", "501664", ""), owns("B", "A0000006150001", "", "")},
		"other":            {owns("A", "A0000006150001", "588734", ""), owns("B", "A0000006150001", "", "")},
		"alias":            {owns("A", "br.gov.bcb.pix", "", "CONTATO@EXEMPLO.ORG"), owns("B", "pix", "", "")},
		"other alias":      {owns("A", "br.gov.bcb.pix", "", "somebody@exemplo.org"), owns("B", "pix", "", "")},
		"alias by scheme":  {owns("A", "promptpay", "", "0066891234567"), owns("B", "A000000677010111", "", "")},
		"a wallet":         {owns("HK-WALLET", "paynow", "", "")},
		"somebody gone":    {owns("GONE", "paynow", "", "")},
		"another scheme's": {owns("A", "sgqr", "", "")},
	}
	for _, c := range []struct{ owners, code, want string }{
		{"identifier", promptPay, "A"}, {"identifier", payNow, ""}, {"scheme", payNow, "A"}, {"scheme", upiLink, "A"},
		{"scheme", pix, ""}, {"unknown", unknown, "A"}, {"institution", duitNow, "A"}, {"other", duitNow, "B"},
		{"alias", pix, "A"}, {"other alias", pix, "B"}, {"alias by scheme", promptPay, "A"}, {"a wallet", payNow, ""},
		{"somebody gone", payNow, ""}, {"another scheme's", payNow, ""},
		// A digit of the CRC, of the amount and of the account are changed.
		{"identifier", promptPay[:len(promptPay)-1] + "5", ""},
		{"identifier", strings.Replace(promptPay, "1.00", "9.00", 1), ""},
		{"identifier", strings.Replace(promptPay, "0066891234567", "0066891234568", 1), ""},
		{"identifier", "251001020123456789012345", ""}, {"identifier", "", ""},
		{"identifier", promptPay + promptPay, ""}, {"identifier", strings.Repeat("0", 600), ""},
	} {
		d := route.NewDirectory(acquirers("A", "B"), nil).WithAccounts(owners[c.owners]).WithAliases(aliasKey)
		owner, mode, err := d.CodeOwner(c.code)
		if owner.ID != c.want || (err == nil) != (c.want != "") || err == nil && mode != connectors.PrivateOrderCode {
			t.Errorf("%s, %.30s...: %q, %s, %v", c.owners, c.code, owner.ID, mode, err)
		}
		if err != nil && reason.Of(err) != reason.InvalidCode {
			t.Errorf("%s: %v", c.owners, err)
		}
	}
}

// TestEverySchemeCanBeOwned: whatever code of a known scheme is made, its name leads to
// the owner, and nobody else's name does.
func TestEverySchemeCanBeOwned(t *testing.T) {
	for text, scheme := range map[string]string{
		promptPay: "promptpay", duitNow: "duitnow", payNow: "paynow", pix: "pix", upiLink: "upi",
	} {
		for _, s := range emvqr.Schemes() {
			d := route.NewDirectory(acquirers("A"), nil).WithAccounts([]route.AccountOwner{owns("A", s.Name, "", "")})
			if _, _, err := d.CodeOwner(text); (err == nil) != (s.Name == scheme) {
				t.Errorf("%s owned as %s: %v", scheme, s.Name, err)
			}
		}
	}
}

// TestPrefixBeforeAccount: what was agreed about the beginning of codes is closer.
func TestPrefixBeforeAccount(t *testing.T) {
	d := route.NewDirectory(acquirers("A", "B"), nil).
		WithAccounts([]route.AccountOwner{owns("A", "promptpay", "", "")}).
		WithCodes([]route.MerchantCode{{AcquirerID: "B", Prefix: promptPay[:40], Mode: connectors.Push}})
	if owner, mode, err := d.CodeOwner(promptPay); err != nil || owner.ID != "B" || mode != connectors.Push {
		t.Errorf("%s, %s, %v", owner.ID, mode, err)
	}
}

func TestCheckOfAccountOwners(t *testing.T) {
	hash := aliasKey.Hash("pix", "x")
	for name, c := range map[string]struct {
		account route.Account
		mode    connectors.Mode
		good    bool
	}{
		"identifier":       {route.Account{Identifier: "SG.PAYNOW"}, connectors.Push, true},
		"with institution": {route.Account{Identifier: "SG.PAYNOW", Institution: "501664"}, connectors.Push, true},
		"with alias":       {route.Account{Identifier: "pix", AliasHash: strings.ToLower(hash)}, connectors.EntryCode, true},
		"with both":        {route.Account{Identifier: "pix", Institution: "1", AliasHash: hash}, connectors.Push, false},
		"none":             {route.Account{}, connectors.Push, false},
		"spaces":           {route.Account{Identifier: "SG PAYNOW"}, connectors.Push, false},
		"too long":         {route.Account{Identifier: strings.Repeat("A", 33)}, connectors.Push, false},
		"alias in clear":   {route.Account{Identifier: "pix", AliasHash: "contato@exemplo.org"}, connectors.Push, false},
		"payer's code":     {route.Account{Identifier: "pix"}, connectors.PaymentCode, false},
	} {
		err := route.AccountOwner{AcquirerID: "A", Account: c.account, Mode: c.mode}.Check()
		if (err == nil) != c.good || err != nil && reason.Of(err) != reason.InvalidRequest {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAccountOwnersGoThroughTheDatabase: saved, changed, removed once; prefixes in any
// case are one.
func TestAccountOwnersGoThroughTheDatabase(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		save(t, pool, wallet(), acquirer())
		do := func(work func(ctx context.Context, tx db.Tx) error) error { return pool.InTx(t.Context(), work) }
		owner := owns("JP-ACQUIRER", "br.gov.bcb.pix", "", "contato@exemplo.org")
		for _, mode := range []connectors.Mode{connectors.Push, connectors.PrivateOrderCode} {
			owner.Mode = mode
			err := do(func(ctx context.Context, tx db.Tx) error { return route.SaveAccountOwner(ctx, tx, owner) })
			if err != nil {
				t.Fatal(err)
			}
		}
		d, err := route.Load(t.Context(), pool)
		if err != nil {
			t.Fatal(err)
		}
		if found, mode, err := d.WithAliases(aliasKey).CodeOwner(pix); err != nil || found.ID != "JP-ACQUIRER" || mode != connectors.PrivateOrderCode {
			t.Errorf("%s, %s, %v", found.ID, mode, err)
		}
		for _, want := range []reason.Kind{reason.None, reason.Missing} {
			err := do(func(ctx context.Context, tx db.Tx) error { return route.RemoveAccountOwner(ctx, tx, owner.Account) })
			if reason.Of(err) != want {
				t.Errorf("removed: %v", err)
			}
		}
		for _, prefix := range []string{"https://pay.example/", "HTTPS://PAY.EXAMPLE/"} {
			inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
				return route.SaveMerchantCode(ctx, tx, code(prefix, connectors.Push))
			})
		}
		for _, want := range []reason.Kind{reason.None, reason.Missing} {
			err := do(func(ctx context.Context, tx db.Tx) error {
				return route.RemoveMerchantCode(ctx, tx, "https://PAY.example/")
			})
			if reason.Of(err) != want {
				t.Errorf("prefix removed: %v", err)
			}
		}
		if d, err = route.Load(t.Context(), pool); err != nil || len(d.MerchantCodes())+len(d.AccountOwners()) != 0 {
			t.Errorf("%+v, %+v, %v", d.MerchantCodes(), d.AccountOwners(), err)
		}
	})
}

// FuzzCodeOwner: whatever is scanned, an answer is an owner or InvalidCode.
func FuzzCodeOwner(f *testing.F) {
	for _, seed := range []string{promptPay, duitNow, payNow, pix, unknown, upiLink, "", "000201", "upi://pay?pa="} {
		f.Add(seed)
	}
	d := route.NewDirectory(acquirers("A"), nil).WithAccounts([]route.AccountOwner{
		owns("A", "promptpay", "", ""), owns("A", "A0000006150001", "501664", ""), owns("A", "pix", "", "contato@exemplo.org"),
		owns("A", "upi", "", ""),
	})
	f.Fuzz(func(t *testing.T, text string) {
		owner, _, err := d.CodeOwner(text)
		if (err == nil) != (owner.ID == "A") || err != nil && reason.Of(err) != reason.InvalidCode {
			t.Errorf("%q: %s, %v", text, owner.ID, err)
		}
		if err == nil {
			if _, err := emvqr.Parse(text); err != nil {
				t.Errorf("%q is broken and has an owner", text)
			}
		}
	})
}

// TestAliasesNeedTheKey: whoever has the hashes but not the key cannot tell whose they are.
func TestAliasesNeedTheKey(t *testing.T) {
	owners := []route.AccountOwner{owns("A", "br.gov.bcb.pix", "", "contato@exemplo.org")}
	d := route.NewDirectory(acquirers("A"), nil).WithAccounts(owners)
	if owner, _, err := d.WithAliases(aliasKey).CodeOwner(pix); err != nil || owner.ID != "A" {
		t.Errorf("%s, %v", owner.ID, err)
	}
	for _, other := range []route.AliasKey{nil, route.AliasKey("another key")} {
		if _, _, err := d.WithAliases(other).CodeOwner(pix); reason.Of(err) != reason.InvalidCode {
			t.Errorf("with key %q: %v", other, err)
		}
	}
	if aliasKey.Hash("PIX", "Contato") != aliasKey.Hash("pix", "contato") || aliasKey.Hash("pix", "x") == aliasKey.Hash("pay", "x") {
		t.Error("a hash is not of what it says")
	}
}
