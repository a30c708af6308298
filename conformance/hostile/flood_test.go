package hostile_test

import (
	"context"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/causeway-pay/causeway/connectors/alipayplus"
)

// floods lets strangers send as much as they can, in a partner's name, in nobody's, and
// with bodies that never come. Partners are served meanwhile, the one in whose name it is, too.
func (w *world) floods(t *testing.T) {
	body := w.fresh(t).text(t)
	forged := w.build(t, envelope{partner: merlion, path: alipayplus.PathPay, body: body})
	forged.Header.Set("Client-Id", "SANDBOX_JP-SAKURA")
	nobody := repeat(t, forged)
	nobody.Header.Set("Client-Id", "NOBODY")
	held := w.build(t, envelope{partner: sakura, path: alipayplus.PathPay, body: body})
	for range 64 {
		w.write(t, w.dial(t), held, len(body), "")
	}
	before := w.counts(t)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	var signed, bare atomic.Int64
	for i := range 8 {
		request := []*http.Request{forged, nobody}[i%2]
		wg.Go(func() {
			for ctx.Err() == nil {
				response, err := w.client.Do(repeat(t, request).WithContext(ctx))
				if err != nil {
					continue
				}
				_, _ = io.Copy(io.Discard, response.Body)
				_ = response.Body.Close()
				switch response.StatusCode {
				case http.StatusOK:
					signed.Add(1)
				case http.StatusServiceUnavailable:
					bare.Add(1)
				default:
					t.Errorf("a stranger was answered %s", response.Status)
				}
			}
		})
	}
	const most = 1000
	paid := int64(0)
	for ; paid < 20 || bare.Load() == 0 && paid < most; paid++ {
		w.pay(t, harbour)
	}
	cancel()
	wg.Wait()
	if after := w.counts(t); paid == most || after["payment"] != before["payment"]+paid {
		t.Errorf("%d paid, %d payments more", paid, after["payment"]-before["payment"])
	}
	t.Logf("%d strangers were told why, %d were not", signed.Load(), bare.Load())
}
