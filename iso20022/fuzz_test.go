package iso20022_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// fuzz feeds one parser. What it accepts must be writable and read back as an
// equal value; the rest must be refused without a panic.
func fuzz(f *testing.F, name string) {
	for _, k := range kinds {
		if k.name != name {
			continue
		}
		for seed := range 4 {
			data, err := k.write(rapid.Custom(k.generate).Example(seed), nil)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
			f.Add(bytes.ReplaceAll(data, []byte("><"), []byte(">\n<")))
		}
		f.Fuzz(func(t *testing.T, data []byte) {
			value, err := k.parse(data)
			if err != nil {
				return
			}
			again, err := k.write(value, nil)
			if err != nil {
				t.Fatalf("accepted but cannot be written: %v", err)
			}
			back, err := k.parse(again)
			if difference := cmp.Diff(value, back); err != nil || difference != "" {
				t.Fatalf("read back: %v\n%s", err, difference)
			}
		})
	}
}

func FuzzParseCreditTransfer(f *testing.F)      { fuzz(f, "pacs.008.001.13") }
func FuzzParseStatusReport(f *testing.F)        { fuzz(f, "pacs.002.001.15") }
func FuzzParsePaymentReturn(f *testing.F)       { fuzz(f, "pacs.004.001.14") }
func FuzzParseStatusRequest(f *testing.F)       { fuzz(f, "pacs.028.001.06") }
func FuzzParseCancellationRequest(f *testing.F) { fuzz(f, "camt.056.001.11") }
func FuzzParseCancellationAnswer(f *testing.F)  { fuzz(f, "camt.029.001.13") }
func FuzzParseInstitutionTransfer(f *testing.F) { fuzz(f, "pacs.009.001.12") }
func FuzzParseNotification(f *testing.F)        { fuzz(f, "camt.054.001.13") }
func FuzzParseAccountStatement(f *testing.F)    { fuzz(f, "camt.053.001.13") }
