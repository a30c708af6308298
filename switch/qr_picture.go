package main

import (
	"bytes"
	"errors"
	"fmt"
	"image/png"
	"os"
	"strings"

	qr "github.com/piglig/go-qr"
)

// The limits of a picture that is read: a code of 512 bytes has at most 117
// modules a side, and a camera's picture of it is no larger.
const (
	pictureMax     = 4 << 20
	pictureSideMax = 4096
)

// readPicture returns the text of the code in a PNG.
func readPicture(data []byte) (string, error) {
	size, err := png.DecodeConfig(bytes.NewReader(data))
	switch {
	case err != nil:
		return "", fmt.Errorf("picture: %w", err)
	case len(data) > pictureMax || size.Width > pictureSideMax || size.Height > pictureSideMax:
		return "", errors.New("picture: more than 4 MiB, or than 4096 points a side")
	}
	picture, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return "", fmt.Errorf("picture: %w", err)
	}
	return qr.Decode(picture)
}

// quietZone is the margin that the standard wants around a code (ISO/IEC 18004),
// in modules; modulePoints is how large a module is in a PNG.
const (
	quietZone    = 4
	modulePoints = 8
)

// drawing is the QR code of a text, at error correction M, which withstands the
// wear of a poster.
func drawing(text string) (*qr.QrCode, error) { return qr.EncodeText(text, qr.Medium) }

// drawText draws a code with half blocks, two modules in a character. Dark modules
// are left to the background; inverted, it is the light ones.
func drawText(code *qr.QrCode, inverted bool) string {
	blocks := [2][2]string{{" ", "▄"}, {"▀", "█"}}
	lit := func(x, y int) int {
		outside := x < 0 || y < 0 || x >= code.Size() || y >= code.Size()
		if dark := !outside && code.Module(x, y); dark == inverted {
			return 1
		}
		return 0
	}
	var b strings.Builder
	for y := -quietZone; y < code.Size()+quietZone; y += 2 {
		for x := -quietZone; x < code.Size()+quietZone; x++ {
			b.WriteString(blocks[lit(x, y)][lit(x, y+1)])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// savePictures writes a code to the files that are named.
func savePictures(code *qr.QrCode, svgFile, pngFile string) error {
	if svgFile != "" {
		data, err := code.ToSVGBytes(qr.NewQrCodeImgConfig(1, quietZone, qr.WithOptimalSVG(), qr.WithSVGXMLHeader()))
		if err == nil {
			err = os.WriteFile(svgFile, data, 0o600)
		}
		if err != nil {
			return err
		}
	}
	if pngFile == "" {
		return nil
	}
	data, err := code.ToPNGBytes(qr.NewQrCodeImgConfig(modulePoints, quietZone))
	if err != nil {
		return err
	}
	return os.WriteFile(pngFile, data, 0o600)
}
