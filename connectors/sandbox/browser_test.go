package sandbox_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/causeway-pay/causeway/connectors/sandbox"
)

// browser is a real one, the size of a phone.
type browser struct {
	*testing.T
	tab context.Context
}

// newBrowser opens a browser, which sees film through its camera if there is one.
func newBrowser(t *testing.T, film string) browser {
	t.Helper()
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			program = found
			break
		}
	}
	if program == "" {
		t.Skip("no Chromium on the PATH (Debian: apt-get install chromium): pages are not looked at")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program), chromedp.NoSandbox, // the pages are our own, and root has no sandbox
		chromedp.Flag("use-fake-ui-for-media-stream", true), chromedp.Flag("use-fake-device-for-media-stream", true),
		chromedp.Flag("use-file-for-fake-video-capture", film))
	started, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	tab, shut := chromedp.NewContext(started)
	t.Cleanup(shut)
	tab, cancel := context.WithTimeout(tab, 3*time.Minute)
	t.Cleanup(cancel)
	b := browser{t, tab}
	b.do(chromedp.EmulateViewport(390, 844))
	return b
}

func (b browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	if err := chromedp.Do(b.tab, steps...); err != nil {
		text, _ := chromedp.Run(b.tab, chromedp.TextContent("body"))
		b.Fatalf("%v on: %s", err, text)
	}
}

func ask[T any](b browser, action chromedp.Action[T]) T {
	b.Helper()
	answer, err := chromedp.Run(b.tab, action)
	if err != nil {
		b.Fatal(err)
	}
	return answer
}

// holds waits until a condition is true. A page that is just leaving has no answer.
func (b browser) holds(condition string, values ...any) {
	b.Helper()
	condition = fmt.Sprintf(condition, values...)
	eventually(b.T, condition, func() bool {
		is, err := chromedp.Run(b.tab, chromedp.Evaluate[bool](condition))
		return err == nil && is
	})
}

// shows waits until an element has a text.
func (b browser) shows(element, text string) {
	b.Helper()
	b.holds(`(document.querySelector(%q)?.textContent ?? '').includes(%q)`, element, text)
}

// fits fails if a page is wider than the phone, or has a field without a label.
func (b browser) fits() {
	b.Helper()
	if width := ask(b, chromedp.Evaluate[int](`document.documentElement.scrollWidth`)); width > 390 {
		b.Errorf("%s is %d wide", ask(b, chromedp.Location()), width)
	}
	unnamed := ask(b, chromedp.Evaluate[[]string](`
		[...document.querySelectorAll('input:not([type=hidden]), select, textarea')]
		.filter((field) => !field.labels.length).map((field) => field.name)`))
	if len(unnamed) > 0 {
		b.Errorf("%s has fields without a label: %v", ask(b, chromedp.Location()), unnamed)
	}
}

func element(form string) string { return "form[action='" + form + "'] button" }

// A traveller and a merchant in their browsers: typed, shown, paid, refunded, and each
// page follows what the other does without being touched.
func TestTheShopAndTheWalletInABrowser(t *testing.T) {
	shop, s := newBrowser(t, ""), newStreet(t, customers(sandbox.Approve), 0)
	shop.do(chromedp.Navigate(s.acquirer.Base), chromedp.SendKeys("input[name=amount]", "1500"),
		chromedp.SetValue("input[name=currency]", "JPY"), chromedp.SetValue("input[name=country]", "JP"))
	shop.fits()
	shop.do(chromedp.Click(element("/orders")), chromedp.WaitVisible(".picture svg"))
	shop.fits()
	shop.shows("#order", "Waiting for the payer")
	payer := newBrowser(t, "")
	payer.do(chromedp.Navigate(s.wallet.Base), chromedp.SendKeys("#code", ask(shop, chromedp.TextContent("#code"))))
	payer.fits()
	payer.do(chromedp.Click(element("/scan")), chromedp.WaitVisible("#payment form"))
	payer.fits()
	payer.shows("#payment", "HKD 75.00")
	first := ask(payer, chromedp.TextContent("time[data-until]"))
	payer.shows("time[data-until]", "0:")
	payer.holds(`document.querySelector('time[data-until]').textContent !== %q`, first)
	payer.do(chromedp.Click("#payment button"), chromedp.WaitVisible("#payment dl"))
	payer.fits()
	shop.shows("#order .done", "Paid")
	shop.do(chromedp.SetValue("#refund", "500"), chromedp.Click("form[action$=refund] button"))
	shop.shows("#order dl", "JPY 500")
	shop.fits()
	payer.shows("#payment dl", "You paid in the end")
	payer.shows("#payment dl", "HKD 50.00")
	payer.do(chromedp.Click("main > p a"), chromedp.WaitVisible("#balance"))
	payer.shows("#balance", "HKD 950.00")
	payer.shows("#payments", "paid, refunded")
	payer.fits()
	if s.balance(t) != 95_000 || len(s.movements(t)) != 2 {
		t.Errorf("balance %d, %d movements", s.balance(t), len(s.movements(t)))
	}
}

// A traveller shows a code; the merchant takes it, and the traveller sees the payment
// beside the code without touching anything.
func TestAShownCodeIsPaidBeforeThePayersEyes(t *testing.T) {
	payer, s := newBrowser(t, ""), newStreet(t, customers(sandbox.Approve), 0)
	payer.do(chromedp.Navigate(s.wallet.Base), chromedp.Click(element("/code")), chromedp.WaitVisible(".picture svg"))
	payer.fits()
	s.sell(t, "code", ask(payer, chromedp.TextContent("#code")))
	payer.shows("#payments", "HKD 75.00")
	payer.shows("#payments", "paid")
	payer.fits()
}

func TestAnOfferEndsBeforeThePayersEyes(t *testing.T) {
	payer, s := newBrowser(t, ""), newStreet(t, customers(sandbox.Approve), 0)
	s.hub.life = 2 * time.Second
	offer := s.scan(t, s.sell(t).code(t))
	payer.do(chromedp.Navigate(s.wallet.Base + offer.at))
	payer.shows("h1", "The offer has ended")
	if buttons := ask(payer, chromedp.Evaluate[int](`document.querySelectorAll('button').length`)); buttons != 0 {
		t.Errorf("%d buttons are left", buttons)
	}
}

// A wallet finds the code in a picture, and in what the camera sees.
func TestCodesAreScanned(t *testing.T) {
	s := newStreet(t, customers(sandbox.Approve), 0)
	code := s.sell(t).code(t)
	folder := t.TempDir()
	photo, film := filepath.Join(folder, "code.png"), filepath.Join(folder, "code.y4m")
	data := picture(t, code, 6)
	if err := os.WriteFile(photo, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(film, filmOf(t, data), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, scan := range map[string]chromedp.Action[chromedp.Void]{
		"picture": chromedp.SetUploadFiles("#picture", []string{photo}),
		"camera":  chromedp.Click("#camera"),
	} {
		t.Run(name, func(t *testing.T) {
			payer := newBrowser(t, film)
			payer.do(chromedp.Navigate(s.wallet.Base), scan, chromedp.WaitVisible("#payment form"))
			payer.shows("#payment", "HKD 75.00")
		})
	}
	t.Run("no code", func(t *testing.T) {
		blank := filepath.Join(folder, "blank.png")
		var body bytes.Buffer
		if err := png.Encode(&body, image.NewGray(image.Rect(0, 0, 200, 200))); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(blank, body.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		payer := newBrowser(t, "")
		payer.do(chromedp.Navigate(s.wallet.Base), chromedp.SetUploadFiles("#picture", []string{blank}))
		payer.shows("#scanning", "There is no code in this picture.")
	})
}

// filmOf is a film of one picture in the middle of a grey wall, as a camera would see it
// (YUV4MPEG2, 4:2:0).
func filmOf(t *testing.T, data []byte) []byte {
	t.Helper()
	still, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	const width, height = 640, 480
	light := bytes.Repeat([]byte{180}, width*height)
	size := still.Bounds().Size()
	for y := range size.Y {
		for x := range size.X {
			grey, _ := color.GrayModel.Convert(still.At(x, y)).(color.Gray)
			light[(y+(height-size.Y)/2)*width+x+(width-size.X)/2] = 16 + grey.Y/255*219
		}
	}
	frame := "FRAME\n" + string(light) + strings.Repeat("\x80", width*height/2)
	return []byte("YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420\n" + strings.Repeat(frame, 5))
}
