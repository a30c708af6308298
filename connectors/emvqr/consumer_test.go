package emvqr_test

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/connectors/emvqr"
)

// Examples of EMV QRCPS, Consumer-Presented Mode, and two that public tests of
// others have; the persons in them are invented.
const (
	oneApplication  = "hQVDUFYwMWEaTwegAAAAVVVVVw8SNFZ4kBI0WNGRIgESNF8="
	twoApplications = "hQVDUFYwMWETTwegAAAAVVVVUAhQcm9kdWN0MWETTwegAAAAZmZmUAhQcm9kdWN0MmJJWggSNFZ4kBI0WF8gDkNBUkRI" +
		"T0xERVIvRU1WXy0IcnVlc2RlZW5kIZ8QBwYBCgMAAACfJghYT9OF+iNLzJ82AgABnzcEbVjvEw=="
	qrisPayer = "hQVDUFYwMWGTTwegAAAGAiAgUAdxcmlzY3BtWgqTYAUDMSNFZ4mfXyALUmlraSBEZXJpYW5fLQRpZGVuX1AXcmlraS5kZXJpYW5A" +
		"cXJpc2NwbS5jb22fJQJ4mWM/n3Q8MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkw"
	unionPayPayer = "hQVDUFYwMWFYTwigAAADMwEBAVcTYpJhA1hEQzVkHSIQIBAAABiAH180AQBjM58mCFaLEtnaC9l/nycBgJ8QEQcAAQOgAAAB" +
		"CDM5OTk5OTk5nzYCAAGCAgAAnzcE6gZYyA=="
)

func TestConsumerCodes(t *testing.T) {
	cases := []struct {
		name, text string
		parties    []emvqr.Party
		values     map[string]string
	}{
		{
			name: "one application with track 2", text: oneApplication,
			parties: []emvqr.Party{{Payer: true, Kind: "application", Value: "A0000000555555", Place: "61"}},
			values:  map[string]string{"85": "4350563031", "61/57": "1234567890123458D191220112345F"},
		},
		{
			name: "two applications and their common data", text: twoApplications,
			parties: []emvqr.Party{
				{Payer: true, Kind: "application", Value: "A0000000555555", Place: "61"},
				{Payer: true, Kind: "application", Value: "A0000000666666", Place: "61"},
			},
			values: map[string]string{
				"62/5A": "1234567890123458", "62/5F20": hex.EncodeToString([]byte("CARDHOLDER/EMV")),
				"62/64/9F26": "584FD385FA234BCC", "62/64/9F36": "0001",
			},
		},
		{
			name: "QRIS", text: qrisPayer,
			parties: []emvqr.Party{{Scheme: "qris", Payer: true, Kind: "application", Value: "A0000006022020", Place: "61"}},
			values:  map[string]string{"61/9F25": "7899", "61/50": hex.EncodeToString([]byte("qriscpm"))},
		},
		{
			name: "UnionPay", text: unionPayPayer,
			parties: []emvqr.Party{
				{Scheme: "unionpay", Payer: true, Kind: "application", Value: "A000000333010101", Place: "61"},
			},
			values: map[string]string{"61/63/9F36": "0001", "61/5F34": "00"},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			code, err := emvqr.Parse(c.text)
			if err != nil || code.Form != emvqr.ConsumerForm {
				t.Fatal(code.Form, err)
			}
			if difference := cmp.Diff(c.parties, emvqr.Identify(code, emvqr.Issuers{}).Parties); difference != "" {
				t.Error(difference)
			}
			for path, want := range c.values {
				e, ok := code.Consumer.At(path)
				if got := hex.EncodeToString(e.Value); !ok || !strings.EqualFold(got, want) {
					t.Errorf("%s is %s, want %s", path, got, want)
				}
			}
			again, err := code.Consumer.Build()
			if err != nil || again != c.text && c.text != qrisPayer {
				t.Errorf("built %s, %v", again, err)
			}
			for _, line := range emvqr.Explain(code) {
				if strings.Contains(line.Value, "7890123458") || strings.Contains(line.Value, "D1912201") ||
					strings.Contains(line.Value, "0331234567") {
					t.Errorf("%s shows an account number: %s", line.Place, line.Value)
				}
			}
		})
	}
}

func TestConsumerRefused(t *testing.T) {
	const head = "8505" + "4350563031"
	application := "6109" + "4F07" + "A0000000555555"
	cases := []struct{ name, data, want string }{
		{"whole", head + application, ""},
		{"long form of length, needed", head + application + "63" + "8184" + "9F748180" + strings.Repeat("41", 128), ""},
		{"nothing", "", "85 first"},
		{"another format", "8505" + "4350563032" + application, "85 first"},
		{"the format not first", application + head, "85 first"},
		{"the format twice", head + application + head, "85 duplicate"},
		{"no application", head, "61 missing"},
		{"an application without identifier", head + "6103" + "500141", "61/4F application-id"},
		{"an identifier too short", head + "6106" + "4F04" + "A0000000", "61/4F application-id"},
		{"a tag cut off", head + application + "9F", "element"},
		{"a tag of three bytes", head + application + "9F8101" + "00", "element"},
		{"no length", head + application + "5A", "element"},
		{"a length beyond the end", head + application + "5A0212", "5A length"},
		{"a length that is longer than it must", head + application + "5A8102" + "1234", "element"},
		{"a length of two bytes for one", head + application + "5A820002" + "1234", "element"},
		{"a length of no end", head + application + "5A80" + "1234", "element"},
		{"a length of three bytes", head + application + "5A83000002" + "1234", "5A length-plain"},
		{"three templates deep", head + "6104" + "6302" + "6100", "61/63/61 depth"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			data, err := hex.DecodeString(c.data)
			if err != nil {
				t.Fatal(err)
			}
			_, findings := emvqr.ReadConsumer(base64.StdEncoding.EncodeToString(data))
			got := ""
			if len(findings) > 0 {
				got = strings.TrimSpace(findings[0].Place + " " + findings[0].Rule)
			}
			if got != c.want {
				t.Errorf("%q, want %q: %v", got, c.want, findings)
			}
		})
	}
	for text, want := range map[string]string{
		"not base64": "base64", "hQVDUFYwMW": "base64", oneApplication[:len(oneApplication)-1]: "base64",
		strings.Repeat("A", 516): "size", oneApplication + "\n": "base64", oneApplication[:9] + "\r\n" + oneApplication[9:]: "base64",
		oneApplication[:4] + "\n\n\n\n" + oneApplication[4:]: "base64", " " + oneApplication: "base64",
	} {
		_, findings := emvqr.ReadConsumer(text)
		if len(findings) != 1 || findings[0].Rule != want {
			t.Errorf("%q: %v", text, findings)
		}
	}
}

// TestPlainLengths: QRIS writes a length of 147 into one byte; it is read, told,
// and written right.
func TestPlainLengths(t *testing.T) {
	c, findings := emvqr.ReadConsumer(qrisPayer)
	if difference := cmp.Diff([]string{"61 length-plain warning"}, brief(findings)); difference != "" {
		t.Error(difference)
	}
	text, err := c.Build()
	if err != nil {
		t.Fatal(err)
	}
	again, findings := emvqr.ReadConsumer(text)
	if len(findings) > 0 || flat(again.Elements) != flat(c.Elements) {
		t.Errorf("findings %v, elements %s", findings, flat(again.Elements))
	}
}

func TestConsumerBuildRefuses(t *testing.T) {
	application := emvqr.Element{Tag: emvqr.TagApplication, Elements: []emvqr.Element{
		{Tag: emvqr.TagApplicationID, Value: []byte{0xA0, 0, 0, 6, 2}}}}
	deep := emvqr.Element{Tag: "61", Elements: []emvqr.Element{{Tag: "63", Elements: []emvqr.Element{{Tag: "61"}}}}}
	cases := []struct {
		name     string
		elements []emvqr.Element
		want     string
	}{
		{"whole", []emvqr.Element{application}, ""},
		{"no application", nil, "missing"},
		{"another format", []emvqr.Element{{Tag: "85", Value: []byte("CPV02")}, application}, "first"},
		{"the format at the end", []emvqr.Element{application, {Tag: "85", Value: []byte("CPV01")}}, "duplicate"},
		{"a tag in words", []emvqr.Element{application, {Tag: "PAN"}}, "element"},
		{"no tag", []emvqr.Element{application, {}}, "element"},
		{"a tag of three bytes", []emvqr.Element{application, {Tag: "9F8101"}}, "element"},
		{"half a tag", []emvqr.Element{application, {Tag: "9F"}}, "element"},
		{"too large", []emvqr.Element{application, {Tag: "50", Value: make([]byte, 513)}}, "size"},
		{"too large in base64", []emvqr.Element{application, {Tag: "50", Value: make([]byte, 400)}}, "size"},
		{"too deep", []emvqr.Element{application, deep}, "depth"},
	}
	for _, c := range cases {
		text, err := emvqr.Consumer{Elements: c.elements}.Build()
		if (c.want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %q, %v", c.name, text, err)
		}
	}
}

func TestConsumerIsReadBack(t *testing.T) {
	primitive := []string{"50", "57", "5A", "5F20", "5F2D", "9F08", "9F24", "9F26", "9F36", "9F37", "82", "DF01"}
	rapid.Check(t, func(t *rapid.T) {
		leaf := func(name string) emvqr.Element {
			return emvqr.Element{
				Tag:   rapid.SampledFrom(primitive).Draw(t, name),
				Value: rapid.SliceOfN(rapid.Byte(), 0, 140).Draw(t, name+" value"),
			}
		}
		aid := rapid.SliceOfN(rapid.Byte(), 5, 16).Draw(t, "aid")
		elements := []emvqr.Element{
			{Tag: "61", Elements: []emvqr.Element{{Tag: "4F", Value: aid}, leaf("a"),
				{Tag: "63", Elements: []emvqr.Element{leaf("b")}}}},
		}
		text, err := emvqr.Consumer{Elements: elements}.Build()
		if err != nil {
			if strings.Contains(err.Error(), "size") {
				return
			}
			t.Fatal(err)
		}
		back, findings := emvqr.ReadConsumer(text)
		if len(findings) > 0 {
			t.Fatal(findings)
		}
		if got, want := flat(back.Elements[1:]), flat(elements); got != want {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
	})
}

func flat(elements []emvqr.Element) string {
	var b strings.Builder
	for _, e := range elements {
		fmt.Fprintf(&b, "%s=%x(%s)", e.Tag, e.Value, flat(e.Elements))
	}
	return b.String()
}
