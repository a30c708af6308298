package hostile_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
)

// messages are bodies in a genuine envelope that mean nothing, or two things.
func (w *world) messages(t *testing.T) {
	order := w.fresh(t)
	body := order.text(t)
	within := func(more string) string { return strings.TrimSuffix(body, "}") + "," + more + "}" }
	replace := func(old, to string) string {
		if !strings.Contains(body, old) {
			t.Fatalf("no %s in the body", old)
		}
		return strings.Replace(body, old, to, 1)
	}
	cases := []struct{ name, body string }{
		{"not JSON", "amount=1500"},
		{"XML", `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`},
		{"an array", "[" + body + "]"},
		{"a text", `"` + long(100) + `"`},
		{"null", "null"},
		{"cut in the middle", body[:len(body)/2]},
		{"without end", strings.TrimSuffix(body, "}")},
		{"something after the end", body + "{}"},
		{"byte order mark", "\ufeff" + body},
		{"a comment", "/* free */" + body},
		{"a comma too many", strings.TrimSuffix(body, "}") + ",}"},
		{"a name twice", within(`"paymentRequestId":"OTHER"`)},
		{"the same name escaped", within(`"payment\u0052equestId":"OTHER"`)},
		{"an amount twice", within(`"paymentAmount":{"currency":"JPY","value":"1"}`)},
		{"a value twice", replace(`"value":"1500"`, `"value":"1500","value":"1"`)},
		{"a name twice where nobody looks", within(`"extra":{"a":1,"a":2}`)},
		{"10,000 arrays deep", within(`"extra":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000))},
		{"10,000 objects deep", within(`"extra":` + strings.Repeat(`{"a":`, 6_000) + "1" + strings.Repeat("}", 6_000))},
		{"deep without end", strings.Repeat(`[`, 60_000)},
		{"too many names", within(`"extra":{` + names(1_000) + `}`)},
		{"invalid UTF-8", replace("Coffee", "Cof\xfffee")},
		{"overlong UTF-8", replace("Coffee", "Cof\xc0\xaffee")},
		{"half a surrogate", replace("Coffee", `Cof\ud800fee`)},
		{"NUL", replace("Coffee", `Cof\u0000fee`)},
		{"a line break in a text", replace("Coffee", "Cof\nfee")},
		{"an object for a text", replace(`"Coffee"`, `{"a":"b"}`)},
		{"a text for an object", within(`"settlementStrategy":"JPY"`)},
		{"a number for an order", replaceMember(t, order, "order", json.Number("1"))},
		{"request id of 65 characters", replaceMember(t, order, "paymentRequestId", long(65))},
		{"request id of 60 KiB", replaceMember(t, order, "paymentRequestId", long(60<<10))},
		{"notification to another host", replaceMember(t, order, "paymentNotifyUrl", "http://169.254.169.254/latest")},
		{"notification to a file", replaceMember(t, order, "paymentNotifyUrl", "file:///etc/passwd")},
		{"notification with a password", replaceMember(t, order, "paymentNotifyUrl", "https://user:pass@shop.example/")},
		{"notification without host", replaceMember(t, order, "paymentNotifyUrl", "https:///path")},
		{"expiry without offset", replaceMember(t, order, "paymentExpiryTime", "2030-01-01T00:00:00")},
		{"neither true nor false", replace(`"isInStorePayment":"true"`, `"isInStorePayment":"maybe"`)},
		{"category of letters", replace("5814", "58a4")},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			before := w.counts(t)
			w.post(t, sakura, alipayplus.PathPay, c.body).refused(t, "PARAM_ILLEGAL")
			w.untouched(t, before)
		})
	}
	t.Run("the same body, honest", func(t *testing.T) {
		if a := w.post(t, sakura, alipayplus.PathPay, body); a.result.Code != "SUCCESS" {
			t.Fatalf("the payment that was refused for its form alone: %s", a.body)
		}
	})
}

// names are so many members of an object.
func names(count int) string {
	all := make([]string, count)
	for i := range all {
		all[i] = fmt.Sprintf(`"n%d":1`, i)
	}
	return strings.Join(all, ",")
}

// replaceMember writes a message with another value for one of its members.
func replaceMember(t *testing.T, m message, name string, value any) string {
	t.Helper()
	other := parse(t, m.text(t))
	other[name] = value
	return other.text(t)
}

// missing leaves out each field that must be there.
func (w *world) missing(t *testing.T) {
	order := w.fresh(t)
	for _, path := range []string{
		"paymentRequestId", "paymentAmount", "paymentAmount.currency", "paymentAmount.value", "paymentMethod",
		"paymentMethod.paymentMethodType", "paymentMethod.paymentMethodId", "paymentFactor", "order",
		"order.referenceOrderId", "order.orderDescription", "order.orderAmount", "order.orderAmount.currency",
		"order.orderAmount.value", "order.merchant", "order.merchant.referenceMerchantId", "order.merchant.merchantName",
	} {
		for _, how := range []string{"absent", "null", "empty"} {
			t.Run(path+" "+how, func(t *testing.T) {
				m := parse(t, order.text(t))
				parts := strings.Split(path, ".")
				parent, name := m.at(parts[:len(parts)-1]...), parts[len(parts)-1]
				switch how {
				case "absent":
					delete(parent, name)
				case "null":
					parent[name] = nil
				case "empty":
					parent[name] = ""
				}
				before := w.counts(t)
				w.post(t, sakura, alipayplus.PathPay, m.text(t)).refused(t, "PARAM_ILLEGAL")
				w.untouched(t, before)
			})
		}
	}
	t.Run("too long", func(t *testing.T) {
		for path, most := range map[string]int{
			"order.referenceOrderId": 64, "order.orderDescription": 256, "order.merchant.referenceMerchantId": 64,
			"order.merchant.merchantName": 140, "paymentMethod.paymentMethodId": 128, "paymentAmount.currency": 3,
		} {
			m := parse(t, order.text(t))
			parts := strings.Split(path, ".")
			m.at(parts[:len(parts)-1]...)[parts[len(parts)-1]] = long(most + 1)
			before := w.counts(t)
			w.post(t, sakura, alipayplus.PathPay, m.text(t)).refused(t, "PARAM_ILLEGAL")
			w.untouched(t, before)
		}
	})
}

// amounts that are none, or not allowed.
func (w *world) amounts(t *testing.T) {
	order := w.fresh(t)
	for _, value := range []string{
		"-1500", "-0", "0", "00", "01500", "+1500", "15.00", "1500.0", "1e3", "0x5dc", "1,500", "1_500", " 1500", "1500 ",
		"1500\t", "٣٠٠", "１５００", "NaN", "Infinity", "9999999999999999999", "1000000000000000000",
		long(18), "JPY1500",
	} {
		for _, object := range []string{"paymentAmount", "order.orderAmount"} {
			t.Run(object+" "+value, func(t *testing.T) {
				m := parse(t, order.text(t))
				m.at(strings.Split(object, ".")...)["value"] = value
				before := w.counts(t)
				w.post(t, sakura, alipayplus.PathPay, m.text(t)).refused(t, "PARAM_ILLEGAL")
				w.untouched(t, before)
			})
		}
	}
	for _, number := range []string{"1500.5", "1.5e3", "-1500", "0"} {
		t.Run("number "+number, func(t *testing.T) {
			amount := map[string]any{"currency": "JPY", "value": json.Number(number)}
			body := replaceMember(t, order, "paymentAmount", amount)
			before := w.counts(t)
			w.post(t, sakura, alipayplus.PathPay, body).refused(t, "PARAM_ILLEGAL")
			w.untouched(t, before)
		})
	}
	for _, currency := range []string{"XXX", "ZZZ", "jpy", "JP", "¥", "392"} {
		t.Run("currency "+currency, func(t *testing.T) {
			body := replaceMember(t, order, "paymentAmount", map[string]any{"currency": currency, "value": "1500"})
			before := w.counts(t)
			w.post(t, sakura, alipayplus.PathPay, body).refused(t, "CURRENCY_NOT_SUPPORT")
			w.untouched(t, before)
		})
	}
	t.Run("settlement currency of another", func(t *testing.T) {
		body := replaceMember(t, order, "settlementStrategy", map[string]any{"settlementCurrency": "SGD"})
		before := w.counts(t)
		w.post(t, sakura, alipayplus.PathPay, body).refused(t, "CURRENCY_NOT_SUPPORT")
		w.untouched(t, before)
	})
	w.limits(t)
}

// limits are amounts that are well formed and refused by the corridor. Such a
// refusal is on record as a payment that was rejected.
func (w *world) limits(t *testing.T) {
	for _, c := range []struct{ name, currency, value, code string }{
		{"a currency that the corridor does not take", "SGD", "1500", "CURRENCY_NOT_SUPPORT"},
		{"one above the limit", "JPY", "1000001", "PAYMENT_AMOUNT_EXCEED_LIMIT"},
		{"the most that can be written", "JPY", "999999999999999999", "PAYMENT_AMOUNT_EXCEED_LIMIT"},
	} {
		t.Run(c.name, func(t *testing.T) {
			order := w.fresh(t)
			for _, object := range []message{order.at("paymentAmount"), order.at("order", "orderAmount")} {
				object["currency"], object["value"] = c.currency, c.value
			}
			before := w.counts(t)
			w.post(t, sakura, alipayplus.PathPay, order.text(t)).refused(t, c.code)
			w.onRecord(t, before, 1)
		})
	}
}

// codes that nobody issued, that are used, or too old.
func (w *world) codes(t *testing.T) {
	used, _ := w.paid(t)
	expired := w.code(t, harbour, stage.Regular+"-1")
	hash := sha256.Sum256([]byte("payment-code:" + expired))
	w.change(t, `UPDATE payment_code SET expires_at = expires_at - INTERVAL '1 hour' WHERE code_hash = $1`, hash[:])
	for _, c := range []struct {
		name, value, code string
		refusals          int64
	}{
		{"never issued", "251001020000000000000001", "INVALID_CODE", 1},
		{"of no issuer", "999999020000000000000001", "INVALID_CODE", 1},
		{"used", used.at("paymentMethod")["paymentMethodId"].(string), "INVALID_CODE", 1},
		{"expired", expired, "EXPIRED_CODE", 1},
		{"too short", "251001", "INVALID_CODE", 0},
		{"too long", "251001" + strings.Repeat("0", 30), "INVALID_CODE", 0},
		{"letters", "25100102000000000000000a", "INVALID_CODE", 0},
		{"other digits", "２５１００１０２０００００００００００００００１", "INVALID_CODE", 0},
		{"an injection", "' OR used_by IS NOT NULL; --", "INVALID_CODE", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			order := w.order(t, c.value)
			before := w.counts(t)
			w.post(t, sakura, alipayplus.PathPay, order.text(t)).refused(t, c.code)
			w.onRecord(t, before, c.refusals)
		})
	}
}
