package hostile_test

import (
	"testing"
	"time"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
)

// oracle lets a stranger, who has no key at all, choose what the hub signs. Client id,
// time and body stand one after the other in what is signed, so a client id that holds
// all three would make the hub's refusal its signature under the stranger's message to a
// partner: JSON with something after it, which not every partner's reader minds.
func (w *world) oracle(t *testing.T) {
	at := time.Now().UTC().Format(time.RFC3339)
	const message = `{"paymentId":"1","paymentResult":{"resultCode":"SUCCESS","resultStatus":"S"}}`
	for name, wanted := range map[string]string{
		"a whole message": stage.ClientID(sakura) + "." + at + "." + message,
		"its beginning":   stage.ClientID(sakura) + "." + at + `.{"x":"`,
		"a time":          stage.ClientID(sakura) + "." + at,
		"a dot":           stage.ClientID(sakura) + ".",
	} {
		t.Run(name, func(t *testing.T) {
			request := w.build(t, envelope{partner: sakura, path: alipayplus.PathNotifyPayment, body: "{}"})
			request.Header.Set("Client-Id", wanted)
			response, err := w.client.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Del("Client-Id") // who is unknown is answered without a name
			w.read(t, request, response).refused(t, "INVALID_CLIENT")
		})
	}
}
