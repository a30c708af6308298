package seal_test

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/s2"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/seal"
)

func key(fill byte) []byte { return bytes.Repeat([]byte{fill}, seal.KeySize) }

func box(t testing.TB, keys ...[]byte) *seal.Box {
	t.Helper()
	b, err := seal.New(keys...)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestThereAndBack: whatever is sealed comes back, looks like nothing else, and another
// time like something else.
func TestThereAndBack(t *testing.T) {
	b := box(t, key(1))
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.SliceOfN(rapid.Byte(), 1, 3000).Draw(t, "value")
		first, second := b.Seal(value), b.Seal(value)
		if bytes.Equal(first, second) || len(value) > 3 && bytes.Contains(first, value) {
			t.Fatalf("%x, %x", first, second)
		}
		if got, err := b.Open(first); err != nil || !bytes.Equal(got, value) {
			t.Fatalf("%x, %v", got, err)
		}
		text := rapid.String().Draw(t, "text")
		sealed := b.SealText(text)
		if (text == "") != (sealed == "") || len(text) > 3 && strings.Contains(sealed, text) {
			t.Fatal(sealed)
		}
		if got, err := b.OpenText(sealed); err != nil || got != text {
			t.Fatalf("%q, %v", got, err)
		}
	})
}

// TestEveryChangeIsFound: a sealed value with one bit changed is not opened as another.
func TestEveryChangeIsFound(t *testing.T) {
	b := box(t, key(1))
	value := []byte(`{"payer":"Mei Lantern"}`)
	sealed := b.Seal(value)
	for i := range len(sealed) * 8 {
		changed := bytes.Clone(sealed)
		changed[i/8] ^= 1 << (i % 8)
		got, err := b.Open(changed)
		// A changed mark makes it a value that was never sealed, which is what it shows.
		if err == nil && !bytes.Equal(got, changed) || err != nil && !errors.Is(err, seal.ErrKey) {
			t.Fatalf("bit %d: %q, %v", i, got, err)
		}
	}
	for n := range len(sealed) {
		if got, err := b.Open(sealed[:n]); err == nil && !bytes.Equal(got, sealed[:n]) {
			t.Fatalf("the first %d bytes: %q", n, got)
		}
	}
}

// TestPacked: what repeats itself takes less room than it hides, what does not no more than
// it must, and no change of the one makes it the other.
func TestPacked(t *testing.T) {
	b := box(t, key(1))
	long := bytes.Repeat([]byte(`<Cdtr><Nm>Mei Lantern</Nm></Cdtr>`), 40)
	random := make([]byte, 2000)
	_, _ = rand.Read(random)
	for name, test := range map[string]struct {
		value []byte
		most  int
	}{"long": {long, len(long) / 4}, "random": {random, len(random) + 36}, "short": {long[:63], 63 + 36}} {
		sealed := b.Seal(test.value)
		if got, err := b.Open(sealed); err != nil || !bytes.Equal(got, test.value) || len(sealed) > test.most {
			t.Errorf("%s: %d bytes sealed in %d, %v", name, len(test.value), len(sealed), err)
		}
		for _, kind := range []byte{1, 2, 3} {
			changed := bytes.Clone(sealed)
			if changed[3] == kind {
				continue
			}
			changed[3] = kind
			if got, err := b.Open(changed); !errors.Is(err, seal.ErrKey) || got != nil {
				t.Errorf("%s as the other kind: %x, %v", name, got, err)
			}
		}
	}
	text := strings.Repeat("Mei Lantern ", 50)
	if sealed := b.SealText(text); len(sealed) > len(text)/2 {
		t.Errorf("a text of %d in %d", len(text), len(sealed))
	} else if got, err := b.OpenText(sealed); err != nil || got != text {
		t.Errorf("%q, %v", got, err)
	}
}

// TestOldValues: what was sealed before there were packed values is opened, and so is what
// was packed in each way there has been.
func TestOldValues(t *testing.T) {
	b := box(t, key(1))
	message := strings.Repeat(`<Cdtr><Nm>Mei Lantern</Nm></Cdtr>`, 20)
	for name, test := range map[string]struct{ stored, clear string }{
		"as it is": {"xUNXAbZbwCcUvMi8zgy8AP3ms78EEFq6jtRG41MdOsxv2AgXxhewB9mKlWVhaFDUjGsT0CzrCTE/WYH5efAA7+Ste6" +
			"W0BrNurEstqTXxol86T0WdZylBhoKZAuqBvQTjZVW5zWAeNSh5d8n0QJz2QO2Wbeh0F5K2tndNfFwxHlZ2GwpoHYuZ" +
			"UZMaiiTkxVQVSnXqLYPjE6misPtiIdjhpAb5nvrDl/RKXUvGY5zPWcYnqwz9nfAYCMDVWXHYHScgmPPYV3A8dVw1qe" +
			"9F0BhjiKEQW0WSl2woxI7LgkfSNc/p+BjxaUnXVcl7+TkVJPuKoVgMZUMhX5KXN3T9XMV5Y4UdKCEhLYDjCptQkx9U" +
			"MsPAdXiXV60urZyDdjHYGu/ajUXij+1nmYkzYNUWWztO6Tfb7eI0X+ajqJvvVaN4NwwNxwfpWgnU6oQsOS5xbvPDc6" +
			"O8zOqLy47H+gib/NMClFbduNr3EcTkj9Cgq7fbdyyiKfwUk6K6nLIgS5d7kYN6ZvKS0/0grOC+QQPU",
			strings.Repeat("Mei Lantern ", 30)},
		"packed": {"xUNXArZbwCfsDk24W37Kwu0XCCyFcW0XCktfB8Bm3XyrFwvfMU6c8TFZEX+Pv1lG9NJ7t9aSS96W7JHCwUAnYhQ0jktaUo9eMsoS",
			message},
		"packed with words": {"xUNXA7ZbwCeKcMUBHgpThdOHAXHOAyOxE+YjKkTN9+fB01eOG0OHX8ML6Rh8nX8PvhR0EJlHv880woCwp5mBJuZVco3D" +
			"FYW1pA==", message},
	} {
		stored, err := base64.StdEncoding.DecodeString(test.stored)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := b.Open(stored); err != nil || string(got) != test.clear {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// TestKeysChange: a new key seals, and the old one goes on opening until it is taken away.
func TestKeysChange(t *testing.T) {
	before, both, after := box(t, key(1)), box(t, key(2), key(1)), box(t, key(2))
	old := before.SealText("Mei Lantern")
	if got, err := both.OpenText(old); err != nil || got != "Mei Lantern" {
		t.Errorf("%q, %v", got, err)
	}
	fresh := both.SealText("Mei Lantern")
	if got, err := after.OpenText(fresh); err != nil || got != "Mei Lantern" {
		t.Errorf("%q, %v", got, err)
	}
	for name, open := range map[string]func() (string, error){
		"old by new": func() (string, error) { return after.OpenText(old) },
		"new by old": func() (string, error) { return before.OpenText(fresh) },
		"no base64":  func() (string, error) { return before.OpenText("sealed:***") },
		"no value":   func() (string, error) { return before.OpenText("sealed:AAAA") },
	} {
		if got, err := open(); !errors.Is(err, seal.ErrKey) || got != "" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// TestWithoutKeys: without keys everything is as it is, and stays readable afterwards.
func TestWithoutKeys(t *testing.T) {
	none := box(t)
	if got := none.SealText("Mei Lantern"); none != nil || got != "Mei Lantern" {
		t.Error(got)
	}
	if got, err := none.OpenText("sealed:by a payer"); err != nil || got != "sealed:by a payer" {
		t.Error(got, err)
	}
	if got := none.Seal([]byte("x")); string(got) != "x" {
		t.Error(got)
	}
	with := box(t, key(1))
	if got, err := with.OpenText("Mei Lantern"); err != nil || got != "Mei Lantern" {
		t.Error(got, err)
	}
	if got, err := with.Open([]byte("<Document/>")); err != nil || string(got) != "<Document/>" {
		t.Error(got, err)
	}
	if got := with.Seal(nil); got != nil {
		t.Error(got)
	}
}

func TestBadKeys(t *testing.T) {
	good := base64.StdEncoding.EncodeToString(key(1))
	if b, err := seal.Parse([]string{good + "\n"}); err != nil || b == nil {
		t.Error(err)
	}
	for name, texts := range map[string][]string{
		"short": {"AAAA"}, "no base64": {"!"}, "twice": {good, good}, "empty": {""},
	} {
		if _, err := seal.Parse(texts); err == nil || strings.Contains(err.Error(), good) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestWordsStay: values that were packed with other words could not be opened.
func TestWordsStay(t *testing.T) {
	text, err := os.ReadFile("words/1.txt")
	if err != nil {
		t.Fatal(err)
	}
	const first = "40c362ef44cf1f7ba34cce44132abb4b88d47dd30bdfae6c7a328b76d60ebe2e"
	if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) != first {
		t.Errorf("words/1.txt was changed: %x; put other words into a file of their own, with a mark of its own", sum)
	}
}

// TestMessages: what is said about a payment takes less than half of the room that it takes
// when it is packed by itself, also where it is longer than the words reach.
func TestMessages(t *testing.T) {
	b := box(t, key(1))
	for name, clear := range messages() {
		sealed := b.Seal(clear)
		if got, err := b.Open(sealed); err != nil || !bytes.Equal(got, clear) {
			t.Errorf("%s: %v", name, err)
		}
		if alone := len(s2.Encode(nil, clear)) + 36; len(sealed) > alone*2/3 {
			t.Errorf("%s: %d bytes in %d, by itself in %d", name, len(clear), len(sealed), alone)
		}
		rapid.Check(t, func(t *rapid.T) {
			noise := rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "noise")
			at := rapid.IntRange(0, len(clear)).Draw(t, "at")
			times := rapid.SampledFrom([]int{1, 1, 1, 40, 200}).Draw(t, "times")
			value := bytes.Repeat(slices.Concat(clear[:at], noise, clear[at:]), times)
			if got, err := b.Open(b.Seal(value)); err != nil || !bytes.Equal(got, value) {
				t.Fatalf("%d bytes: %v", len(value), err)
			}
		})
	}
}

// messages are some of those about a payment.
func messages() map[string][]byte {
	return map[string][]byte{
		"answer": []byte(`{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"},` +
			`"paymentId":"W-17","paymentTime":"2031-03-04T05:06:07Z","customerId":"mei"}`),
		"order": []byte(`{"order":{"referenceOrderId":"TEA-9","orderDescription":"Tea","orderAmount":{"currency":"THB",` +
			`"value":"9000"},"merchant":{"referenceMerchantId":"M-7","merchantMCC":"5812","merchantName":"Lantern Tea",` +
			`"merchantAddress":{"region":"TH","city":"Bangkok"}}},"paymentRequestId":"TEA-9","paymentAmount":` +
			`{"currency":"THB","value":"9000"},"paymentMethod":{"paymentMethodType":"CONNECT_WALLET",` +
			`"paymentMethodId":"280001025296083656690667"},"paymentFactor":{"isInStorePayment":"true",` +
			`"isCashierPayment":"false","inStorePaymentScenario":"PaymentCode"}}`),
		"status": []byte(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" +
			`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.002.001.15"><FIToFIPmtStsRpt><GrpHdr><MsgId>A1</MsgId>` +
			`<CreDtTm>2031-03-04T05:06:07Z</CreDtTm><InstgAgt><FinInstnId><Othr><Id>TH-LOTUS</Id></Othr></FinInstnId>` +
			`</InstgAgt><InstdAgt><FinInstnId><Othr><Id>CAUSEWAY</Id></Othr></FinInstnId></InstdAgt></GrpHdr>` +
			`<TxInfAndSts><OrgnlInstrId>B2</OrgnlInstrId><OrgnlEndToEndId>TEA-9</OrgnlEndToEndId><TxSts>ACSC</TxSts>` +
			`</TxInfAndSts></FIToFIPmtStsRpt></Document>`),
	}
}

func FuzzOpen(f *testing.F) {
	b := box(f, key(1))
	f.Add(b.Seal([]byte("x")))
	f.Add([]byte{0xC5, 'C', 'W', 1})
	f.Add([]byte(b.SealText("x")))
	f.Fuzz(func(t *testing.T, stored []byte) {
		if _, err := b.Open(stored); err != nil && !errors.Is(err, seal.ErrKey) {
			t.Error(err)
		}
		if _, err := b.OpenText(string(stored)); err != nil && !errors.Is(err, seal.ErrKey) {
			t.Error(err)
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	box := box(b, key(1))
	message := messages()["order"]
	b.SetBytes(int64(len(message)))
	b.ReportAllocs()
	for b.Loop() {
		box.Seal(message)
	}
}
