package report

import (
	"bytes"
	"testing"

	"github.com/klauspost/compress/s2"

	"github.com/causeway-pay/causeway/iso20022"
)

// FuzzUnpack: whatever is stored, it is refused or a message that could have been stored; what
// was packed comes back as it was, and nothing takes more memory than the longest message.
func FuzzUnpack(f *testing.F) {
	message := bytes.Repeat([]byte("<Ntry><Amt Ccy=\"JPY\">1500</Amt></Ntry>"), 8)
	f.Add(message)
	f.Add(s2.Encode(nil, message))
	f.Add(s2.Encode(nil, message)[:40])
	f.Add([]byte{})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0x0f, 0})
	f.Fuzz(func(t *testing.T, stored []byte) {
		body, err := unpack(stored)
		if err != nil && body != nil || len(body) > max(iso20022.SizeMax, len(stored)) {
			t.Errorf("%d bytes, %v", len(body), err)
		}
		if len(stored) > 0 && stored[0] == unpackedMark {
			if err != nil || !bytes.Equal(body, stored) {
				t.Errorf("a message that was not packed became %q, %v", body, err)
			}
			return
		}
		if err != nil || len(body) < 128 {
			return
		}
		if again, err := unpack(s2.Encode(nil, body)); err != nil || !bytes.Equal(again, body) {
			t.Errorf("%q became %q, %v", body, again, err)
		}
	})
}
