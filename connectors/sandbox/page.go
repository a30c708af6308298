package sandbox

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strings"

	qr "github.com/piglig/go-qr"

	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

// pageFiles are the pages, what they look like, and the scripts that keep them fresh
// and read codes from the camera. Without scripts every page works, too.
//
//go:embed pages
var pageFiles embed.FS

// Limits of pages.
const (
	// formMost is the size of a form: a code of 512 bytes, each written as %XX, and a
	// few short fields.
	formMost = 4 << 10
	// listMost is how many payments a page lists.
	listMost = 20
)

// quietZone is the margin that the standard wants around a code (ISO/IEC 18004), in
// modules.
const quietZone = 4

func pageOf(name string) *template.Template {
	return template.Must(template.ParseFS(pageFiles, "pages/layout.html", "pages/"+name+".html"))
}

// dressed serves pages with what browsers are to be told about them: nothing may be
// kept, framed, or fetched from elsewhere.
func dressed(page http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Cache-Control", "no-store")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; "+
			"connect-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'")
		r.Body = http.MaxBytesReader(w, r.Body, formMost)
		page(w, r)
	})
}

// assets serves what pages are dressed with.
func assets(mux *http.ServeMux) {
	for _, name := range []string{"style.css", "live.js", "scan.js"} {
		mux.Handle("GET /"+name, dressed(func(w http.ResponseWriter, r *http.Request) {
			http.ServeFileFS(w, r, pageFiles, "pages/"+name)
		}))
	}
}

// writePage writes a page, whole or not at all.
func writePage(w http.ResponseWriter, status int, page *template.Template, view any) {
	var body bytes.Buffer
	if err := page.ExecuteTemplate(&body, "layout.html", view); err != nil {
		http.Error(w, "the page cannot be shown", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = body.WriteTo(w) // whoever asked may have gone
}

// frame is what every page has.
type frame struct {
	// Partner is the title of the page, Problem why something was not done.
	Partner, Problem string
}

// told is the text of a result for people.
func told(result alipayplus.Result) string {
	return reason.FromAPS(result.Code).Codes().Text + " (" + result.Code + ")"
}

// written is an amount as people write it: "HKD 1,073.79".
func written(amount money.Amount) string {
	whole, fraction, broken := strings.Cut(amount.Decimal(), ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if broken {
		whole += "." + fraction
	}
	return string(amount.Currency) + " " + whole
}

// writtenWire is an amount of a message, or its digits where it cannot be read.
func writtenWire(amount *alipayplus.Amount) string {
	if amount == nil {
		return ""
	}
	read, err := readAmount(*amount)
	if err != nil {
		return amount.Currency + " " + amount.Value
	}
	return written(read)
}

// rateWritten is a rate as people write it, "1 HKD = 20.3 JPY"; empty where there is none.
func rateWritten(pair, price string) string {
	base, quote, found := strings.Cut(pair, "/")
	if !found {
		return ""
	}
	return "1 " + base + " = " + price + " " + quote
}

// drawn is the picture of a code. The text of an SVG that is made of numbers alone is
// safe as it is.
func drawn(code string) (template.HTML, error) {
	picture, err := qr.EncodeText(code, qr.Medium)
	if err != nil {
		return "", err
	}
	svg, err := picture.ToSVGBytes(qr.NewQrCodeImgConfig(1, quietZone, qr.WithOptimalSVG()))
	return template.HTML(svg), err
}
