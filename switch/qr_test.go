package main

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	qr "github.com/piglig/go-qr"

	"github.com/causeway-pay/causeway/connectors/emvqr"
)

const posterText = "00020101021129370016A0000006770101110113006689123456752046011530376454041.005802TH" +
	"5913TEST MERCHANT6007BANGKOK63047594"

// texts are codes of every size, up to the largest.
func texts() []string {
	return []string{
		"28123456789012345", "251001020123456789012345", posterText, "upi://pay?pa=shop@bank&pn=Test%20Shop&am=12.50",
		"0002015904茶屋茶屋6304", strings.Repeat("aZ9-", emvqr.SizeMax/4),
	}
}

// TestDrawnCodesAreReadBack turns what the terminal shows into a picture again, and
// reads it.
func TestDrawnCodesAreReadBack(t *testing.T) {
	for _, text := range texts() {
		code, err := drawing(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, inverted := range []bool{false, true} {
			got, err := qr.Decode(photograph(drawText(code, inverted), inverted))
			if err != nil || got != text {
				t.Errorf("inverted %v: read %.40q, want %.40q (%v)", inverted, got, text, err)
			}
		}
	}
}

// photograph is what a camera would see of half blocks.
func photograph(drawn string, inverted bool) image.Image {
	const scale = 4
	rows := strings.Split(strings.TrimSuffix(drawn, "\n"), "\n")
	width := len([]rune(rows[0]))
	picture := image.NewGray(image.Rect(0, 0, width*scale, 2*len(rows)*scale))
	for y, row := range rows {
		for x, r := range []rune(row) {
			lit := [2]bool{r == '█' || r == '▀', r == '█' || r == '▄'}
			for half := range lit {
				if lit[half] == inverted {
					continue
				}
				for i := range scale * scale {
					picture.SetGray(x*scale+i%scale, (2*y+half)*scale+i/scale, color.Gray{Y: 255})
				}
			}
		}
	}
	return picture
}

func TestPicturesAreReadBack(t *testing.T) {
	for _, text := range texts() {
		code, err := drawing(text)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		svgFile, pngFile := filepath.Join(dir, "a.svg"), filepath.Join(dir, "a.png")
		if err := savePictures(code, svgFile, pngFile); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(pngFile)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := readPicture(data); err != nil || got != text {
			t.Errorf("read %.40q, want %.40q (%v)", got, text, err)
		}
		if svg, err := os.ReadFile(svgFile); err != nil || !bytes.Contains(svg, []byte("<svg")) {
			t.Errorf("no SVG: %v", err)
		}
	}
}

func TestPicturesRefused(t *testing.T) {
	encode := func(side int) []byte {
		var b bytes.Buffer
		if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, side, side))); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	if _, err := readPicture([]byte("\x89PNG\r\n\x1a\nnothing")); err == nil {
		t.Error("a broken picture is read")
	}
	if _, err := readPicture(encode(64)); !errors.Is(err, qr.ErrNoQRCode) {
		t.Errorf("a picture without code: %v", err)
	}
	if _, err := readPicture(encode(pictureSideMax + 1)); err == nil || !strings.Contains(err.Error(), "4096 points") {
		t.Errorf("a picture that is too wide: %v", err)
	}
	if _, err := readPicture(append(encode(64), make([]byte, pictureMax)...)); err == nil {
		t.Error("a file that is too large is read")
	}
	whole := encode(64)
	if _, err := readPicture(whole[:len(whole)-20]); err == nil {
		t.Error("half a picture is read")
	}
}

// TestExitCodes: 0 can be paid, 1 something found, 2 no use.
func TestExitCodes(t *testing.T) {
	wrong := strings.Replace(posterText, "7594", "7595", 1)
	cases := []struct {
		name string
		run  func() error
		want int
	}{
		{"whole", qrShowCommand{Codes: []string{posterText}}.Run, 0},
		{"wrong", qrShowCommand{Codes: []string{posterText, wrong}}.Run, exitFindings},
		{"no code", qrShowCommand{Codes: []string{posterText, "hello"}}.Run, exitUnusable},
		{"a directory", qrShowCommand{Codes: []string{t.TempDir()}}.Run, exitUnusable},
		{"drawn", qrMakeCommand{Text: posterText}.Run, 0},
		{"drawn though wrong", qrMakeCommand{Text: wrong}.Run, exitFindings},
		{"drawn though no code", qrMakeCommand{Text: "hello"}.Run, exitUnusable},
		{"made of nothing", qrMakeCommand{}.Run, exitUnusable},
		{"made against a rule", qrMakeCommand{Currency: "THB"}.Run, exitFindings},
		{"made into nowhere", qrMakeCommand{Text: posterText, PNG: filepath.Join(t.TempDir(), "a", "b")}.Run, exitUnusable},
		{"made into nowhere", qrMakeCommand{Text: posterText, SVG: filepath.Join(t.TempDir(), "a", "b")}.Run, exitUnusable},
	}
	for _, c := range cases {
		err := c.run()
		got := 0
		var end *ended
		if errors.As(err, &end) {
			got = end.code
		} else if err != nil {
			got = 1
		}
		if got != c.want {
			t.Errorf("%s: %d, want %d (%v)", c.name, got, c.want, err)
		}
	}
}

// TestTheDocumentIsRight: what docs/qr.md shows is what the commands print.
func TestTheDocumentIsRight(t *testing.T) {
	document, err := os.ReadFile("../docs/qr.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	commands := map[string]func() error{
		"qr schemes": qrSchemesCommand{}.Run,
		"qr show": qrShowCommand{Codes: []string{"00020101021238540010A00000072701240006970436011001234567890208QRIBFTTA" +
			"530370454061500005802VN62210817AFWD WITHDRAWAL12630469B7"}}.Run,
		"qr make": qrMakeCommand{
			Account: []string{"promptpay:mobile=0066891234567"}, Amount: "1", Name: "TEST SHOP", City: "BANGKOK", Category: "0000",
			SVG: filepath.Join(dir, "poster.svg"), PNG: filepath.Join(dir, "poster.png"),
		}.Run,
	}
	for name, run := range commands {
		printed := captured(t, run)
		if len(printed) < 50 || !strings.Contains(string(document), strings.TrimSpace(printed)+"\n```") {
			t.Errorf("docs/qr.md does not show what switch %s prints:\n%s", name, printed)
		}
	}
}

// captured runs a command and returns what it prints.
func captured(t *testing.T, run func() error) string {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "stdout"))
	if err != nil {
		t.Fatal(err)
	}
	stdout := os.Stdout
	os.Stdout = file
	err = run()
	os.Stdout = stdout
	if err := errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
	printed, err := os.ReadFile(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(printed)
}
