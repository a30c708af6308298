package sandbox_test

import (
	"bytes"
	"html"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	qr "github.com/piglig/go-qr"

	"github.com/causeway-pay/causeway/connectors/emvqr"
	"github.com/causeway-pay/causeway/connectors/sandbox"
	"github.com/causeway-pay/causeway/money"
)

// page is what a browser without scripts sees.
type page struct {
	status int
	at     string // path after redirects
	text   string
	header http.Header
}

// main is what of the page is its own.
func (p page) main() string {
	_, main, _ := strings.Cut(p.text, "<main>")
	main, _, _ = strings.Cut(main, "</main>")
	return main
}

// has reports whether the page shows a text; one with an equals sign or a bracket is of
// the page itself.
func (p page) has(text string) bool {
	if strings.ContainsAny(text, "=<>") && !strings.Contains(text, " = ") {
		return strings.Contains(p.text, text)
	}
	return strings.Contains(p.text, html.EscapeString(text))
}

func read(t *testing.T, response *http.Response, err error) page {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return page{response.StatusCode, response.Request.URL.Path, string(body), response.Header}
}

func open(t *testing.T, address string) page {
	t.Helper()
	response, err := http.Get(address)
	return read(t, response, err)
}

func submit(t *testing.T, address string, fields ...string) page {
	t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	response, err := http.PostForm(address, form)
	return read(t, response, err)
}

// match returns the first group of a pattern in the page.
func (p page) match(t *testing.T, pattern string) string {
	t.Helper()
	found := regexp.MustCompile(pattern).FindStringSubmatch(p.text)
	if found == nil {
		t.Fatalf("no %s in %d %s: %s", pattern, p.status, p.at, p.text)
	}
	return html.UnescapeString(found[1])
}

func (p page) wants(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !p.has(text) {
			t.Errorf("no %q on %s: %s", text, p.at, p.main())
		}
	}
}

// sell places an order of 1500 JPY at the till, other fields first, and returns its page.
func (s street) sell(t *testing.T, fields ...string) page {
	t.Helper()
	till := open(t, s.acquirer.Base+"/")
	all := append([]string{
		"order", till.match(t, `name="order" value="([^"]+)"`), "amount", "1500", "currency", "jpy", "country", "jp",
		"city", "Kyoto", "shop", "Tea House", "what", "Tea",
	}, fields...)
	return submit(t, s.acquirer.Base+"/orders", all...)
}

func (p page) code(t *testing.T) string {
	t.Helper()
	return p.match(t, `id="code">([^<]+)<`)
}

// scan types a code into the wallet.
func (s street) scan(t *testing.T, code string, fields ...string) page {
	t.Helper()
	return submit(t, s.wallet.Base+"/scan", append([]string{"customer", "C-1", "code", code}, fields...)...)
}

func TestAPayerAndAMerchantMeetOnTheirPages(t *testing.T) {
	s := newStreet(t, customers(sandbox.Approve), 0)
	order := s.sell(t)
	order.wants(t, "JPY 1,500", "Tea, Tea House", "Waiting for the payer", "<svg")
	if order.status != http.StatusOK || !strings.HasPrefix(order.at, "/orders/POS-") {
		t.Errorf("%d %s", order.status, order.at)
	}
	orderAt, offer := s.acquirer.Base+order.at, s.scan(t, order.code(t))
	offer.wants(t, "Tea House", "JPY 1,500", "Kyoto", "HKD 75.00", "1 JPY = 0.05 HKD", "This price holds for")
	if s.balance(t) != 100_000 {
		t.Fatal("an offer was debited")
	}
	paymentAt := s.wallet.Base + offer.at
	receipt := submit(t, paymentAt)
	receipt.wants(t, "Paid", "HKD 75.00", "The merchant gets", "JPY 1,500", "Tea House, Kyoto", "W-")
	submit(t, paymentAt) // the form is sent once more
	if s.balance(t) != 92_500 || len(s.movements(t)) != 1 {
		t.Errorf("balance %d, %d movements", s.balance(t), len(s.movements(t)))
	}
	paid := open(t, orderAt)
	paid.wants(t, "Paid", "Give back, in JPY", `value="1500"`)
	if paid.has("Waiting") {
		t.Error("a paid order waits for its payer")
	}
	refund := paid.match(t, `name="refund" value="([^"]+)"`)
	for range 2 { // the same form twice is one refund
		submit(t, orderAt+"/refund", "refund", refund, "amount", "500").wants(t, "JPY 500", `value="1000"`)
	}
	open(t, paymentAt).wants(t, "Refund", "HKD 25.00", "You paid in the end", "HKD 50.00")
	open(t, s.wallet.Base+"/?customer=C-1").wants(t, "Mei Example", "HKD 950.00", "paid, refunded", "HKD 75.00")
	open(t, s.acquirer.Base+"/").wants(t, "JPY 1,500", "paid, refunded")
	if s.balance(t) != 95_000 || len(s.movements(t)) != 2 {
		t.Errorf("balance %d, %d movements", s.balance(t), len(s.movements(t)))
	}
}

// The other way round: the payer shows a code, and the merchant takes it.
func TestAMerchantTakesThePayersCode(t *testing.T) {
	for behaviour, want := range map[sandbox.Behaviour][2]string{
		sandbox.Approve: {"Paid", "You are owed"},
		sandbox.Silent:  {"has not answered yet", "JPY 1,500"},
		sandbox.Decline: {"(USER_BALANCE_NOT_ENOUGH)", `name="code" value="2510`},
	} {
		s := newStreet(t, customers(behaviour), 0)
		shown := submit(t, s.wallet.Base+"/code", "customer", "C-1")
		shown.wants(t, "<svg", "Let the merchant scan this", "good for")
		code := shown.code(t)
		sold := s.sell(t, "code", code[:4]+" "+code[4:])
		sold.wants(t, want[0], want[1])
		if behaviour != sandbox.Approve {
			continue
		}
		open(t, s.wallet.Base+"/?customer=C-1").wants(t, "Tea House", "HKD 75.00", "paid")
		refund := sold.match(t, `name="refund" value="([^"]+)"`)
		submit(t, s.acquirer.Base+sold.at+"/refund", "refund", refund, "amount", "1500")
		if s.balance(t) != 100_000 || len(s.movements(t)) != 2 {
			t.Errorf("balance %d, %d movements", s.balance(t), len(s.movements(t)))
		}
		s.sell(t, "code", code).wants(t, "(INVALID_CODE)") // it was good once
	}
}

// What is wrong is said on the page that it was typed into, with what was typed, and
// nothing has happened.
func TestPagesRefuse(t *testing.T) {
	s := newStreet(t, customers(sandbox.Approve), 0)
	sold := s.sell(t)
	order := s.acquirer.Base + sold.at
	for name, c := range map[string]struct {
		got    page
		status int
		say    string
	}{
		"no number":             {s.sell(t, "amount", "ten"), 422, "The amount is a number"},
		"more digits than yen":  {s.sell(t, "amount", "1.5"), 422, "The amount is a number"},
		"nothing":               {s.sell(t, "amount", "0"), 422, "The amount is a number"},
		"less than nothing":     {s.sell(t, "amount", "-1"), 422, "The amount is a number"},
		"no such currency":      {s.sell(t, "currency", "xxx"), 422, "The amount is a number"},
		"no name of the shop":   {s.sell(t, "shop", strings.Repeat("x", 141)), 422, "(PARAM_ILLEGAL)"},
		"a form too large":      {s.sell(t, "what", strings.Repeat("x", 5<<10)), 422, "The amount is a number"},
		"no code":               {s.scan(t, " "), 422, "There is no code yet"},
		"a code of nobody":      {s.scan(t, "nobody"), 422, "(INVALID_CODE)"},
		"a code of a stranger":  {s.scan(t, "x", "customer", "C-9"), 422, "does not know the payer"},
		"nobody's code":         {submit(t, s.wallet.Base+"/code", "customer", "C-9"), 422, "does not know the payer"},
		"a payer's of nobody":   {s.sell(t, "code", "123"), 422, "(INVALID_CODE)"},
		"no such payment":       {open(t, s.wallet.Base+"/payments/x"), 404, "404"},
		"paying none":           {submit(t, s.wallet.Base+"/payments/x"), 404, "404"},
		"no such order":         {open(t, s.acquirer.Base+"/orders/x"), 404, "404"},
		"cancelling none":       {submit(t, s.acquirer.Base+"/orders/x/cancel"), 404, "404"},
		"refunding none":        {submit(t, s.acquirer.Base+"/orders/x/refund", "amount", "1"), 404, "404"},
		"refunding no number":   {submit(t, order+"/refund", "refund", "R", "amount", "all"), 422, "at most 1500"},
		"refunding the unpaid":  {submit(t, order+"/refund", "amount", "1", "refund", ""), 200, "Waiting for the payer"},
		"another page's method": {submit(t, s.wallet.Base+"/"), 405, "Method Not Allowed"},
	} {
		if c.got.status != c.status || !c.got.has(c.say) {
			t.Errorf("%s: %d, want %d and %q: %s", name, c.got.status, c.status, c.say, c.got.main())
		}
	}
	s.sell(t, "amount", "ten", "what", "Cake").wants(t, `value="ten"`, `value="Cake"`)
	s.scan(t, "nobody").wants(t, ">nobody</textarea>")
	if len(s.movements(t)) != 0 || s.balance(t) != 100_000 {
		t.Errorf("%+v", s.movements(t))
	}
}

// Whatever partners and people write is text on a page.
func TestPagesShowTextAsText(t *testing.T) {
	s := newStreet(t, []sandbox.Customer{{ID: `C-1"><i>`, Name: `<script>alert(1)</script>`, Balance: 9}}, 0)
	order := s.sell(t, "shop", `</textarea><script>alert(2)</script>`, "what", `"><img src=x onerror=alert(3)>`)
	offer := submit(t, s.wallet.Base+"/scan", "customer", `C-1"><i>`, "code", order.code(t))
	for name, got := range map[string]page{
		"order": order, "offer": offer, "wallet": open(t, s.wallet.Base+"/"), "till": open(t, s.acquirer.Base+"/"),
		"typed":   submit(t, s.wallet.Base+"/scan", "customer", `C-1"><i>`, "code", `</textarea><script>`),
		"refused": s.sell(t, "amount", `"><script>alert(4)</script>`),
	} {
		for _, bad := range []string{"<script>", "<img", "<i>", `onerror=alert(3)>"`} {
			if strings.Contains(got.text, bad) {
				t.Errorf("%s: %s in %s", name, bad, got.text)
			}
		}
	}
}

func TestPagesAreClosedToOtherSites(t *testing.T) {
	s := newStreet(t, customers(sandbox.Approve), 0)
	for _, address := range []string{s.wallet.Base + "/", s.acquirer.Base + "/", s.acquirer.Base + s.sell(t).at} {
		got := open(t, address)
		for name, want := range map[string]string{
			"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff",
			"Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; " +
				"img-src data:; frame-ancestors 'none'; base-uri 'none'",
		} {
			if got.header.Get(name) != want {
				t.Errorf("%s: %s: %s", address, name, got.header.Get(name))
			}
		}
	}
	for _, address := range []string{
		s.wallet.Base + "/scan", s.wallet.Base + "/control/codes",
		s.acquirer.Base + "/orders", s.acquirer.Base + "/control/pay",
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Sec-Fetch-Site", "cross-site")
		request.Header.Set("Origin", "https://elsewhere.example")
		response, err := http.DefaultClient.Do(request)
		if got := read(t, response, err); got.status != http.StatusForbidden {
			t.Errorf("%s from elsewhere: %d %s", address, got.status, got.text)
		}
	}
	for _, asset := range []string{"/style.css", "/live.js", "/scan.js"} {
		if got := open(t, s.wallet.Base+asset); got.status != http.StatusOK || len(got.text) == 0 {
			t.Errorf("%s: %d", asset, got.status)
		}
	}
	if got := open(t, s.wallet.Base+"/layout.html"); got.status != http.StatusNotFound {
		t.Errorf("a template is served: %d", got.status)
	}
}

// A price is paid until it ends and never after.
func TestAnOfferThatHasEndedIsNotPaid(t *testing.T) {
	s := newStreet(t, customers(sandbox.Approve), 0)
	s.hub.life = 3 * time.Second // in which a busy machine shows it
	offer := s.scan(t, s.sell(t).code(t))
	offer.wants(t, "HKD 75.00")
	at := s.wallet.Base + offer.at
	eventually(t, "the offer ends", func() bool { return open(t, at).has("The offer has ended") })
	submit(t, at).wants(t, "Nothing was paid", "Scan the merchant")
	if len(s.movements(t)) != 0 || s.balance(t) != 100_000 {
		t.Errorf("%+v", s.movements(t))
	}
}

func TestAnOrderIsTakenBack(t *testing.T) {
	s := newStreet(t, customers(sandbox.Approve), 0)
	order := s.sell(t)
	at := s.acquirer.Base + order.at
	submit(t, at+"/cancel").wants(t, "Cancelled")
	if got := open(t, at); got.has("Waiting") || got.has("Give back") {
		t.Error(got.text)
	}
	paid := s.sell(t)
	offer := s.scan(t, paid.code(t))
	submit(t, s.wallet.Base+offer.at).wants(t, "Paid")
	submit(t, s.acquirer.Base+paid.at+"/cancel").wants(t, "Cancelled")
	open(t, s.wallet.Base+offer.at).wants(t, "Cancelled", "Whatever was taken has been given back")
	if s.balance(t) != 100_000 {
		t.Errorf("balance %d", s.balance(t))
	}
}

func TestAPayerWhoCannotPayIsTold(t *testing.T) {
	s := newStreet(t, []sandbox.Customer{{ID: "C-1", Balance: 7499}}, 0)
	order := s.sell(t)
	offer := s.scan(t, order.code(t))
	submit(t, s.wallet.Base+offer.at).wants(t, "Not paid", "balance")
	open(t, s.acquirer.Base+order.at).wants(t, "Not paid", "(USER_BALANCE_NOT_ENOUGH)")
}

// A code without an amount is paid with what the payer types, in the code's currency.
func TestTheAmountOfAnOpenCodeIsTyped(t *testing.T) {
	merchant, err := emvqr.Draft{
		Accounts: []emvqr.Object{emvqr.Template("26", emvqr.Object{ID: "00", Value: "org.example.shop"})},
		Currency: "THB", Country: "TH", Name: "TEST SHOP", City: "BANGKOK",
	}.Build()
	if err != nil {
		t.Fatal(err)
	}
	s := newStreet(t, customers(sandbox.Approve), 0)
	for typed, want := range map[string]string{
		"": "type it in THB", "x": "type it in THB", "0": "type it in THB", "1.005": "type it in THB",
		"12.50": "(INVALID_CODE)",
	} {
		got := s.scan(t, merchant.Text(), "amount", typed)
		if got.status != 422 || !got.has(want) || !got.has(`name="amount"`) {
			t.Errorf("%q: %d %s", typed, got.status, got.text)
		}
	}
	if got := s.hub.typedAmounts(); len(got) != 1 || got[0] != money.New(1250, "THB") {
		t.Errorf("the switch heard %v", got)
	}
}

// picture draws a code as a PNG, each module so many points.
func picture(t *testing.T, text string, points int) []byte {
	t.Helper()
	code, err := qr.EncodeText(text, qr.Medium)
	if err != nil {
		t.Fatal(err)
	}
	data, err := code.ToPNGBytes(qr.NewQrCodeImgConfig(points, 4))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestPicturesAreRead(t *testing.T) {
	s := newStreet(t, customers(sandbox.Approve), 0)
	code := s.sell(t).code(t)
	var blank bytes.Buffer
	if err := png.Encode(&blank, image.NewGray(image.Rect(0, 0, 100, 100))); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		data   []byte
		status int
		text   string
	}{
		"small":       {picture(t, code, 3), 200, code},
		"large":       {picture(t, code, 10), 200, code},
		"too large":   {picture(t, code, 40), 204, ""},
		"blank":       {blank.Bytes(), 204, ""},
		"no picture":  {[]byte("GIF89a"), 204, ""},
		"nothing":     {nil, 204, ""},
		"cut off":     {picture(t, code, 10)[:200], 204, ""},
		"beyond size": {make([]byte, 1<<20+1), 413, "the picture is too large\n"},
	} {
		response, err := http.Post(s.wallet.Base+"/read", "image/png", bytes.NewReader(c.data))
		if got := read(t, response, err); got.status != c.status || got.text != c.text {
			t.Errorf("%s: %d %q, want %d %q", name, got.status, got.text, c.status, c.text)
		}
	}
}
