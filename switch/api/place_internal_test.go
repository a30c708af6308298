package api

import (
	"net/url"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
)

// FuzzPlaces: whatever stands where a page of a listing or of an explanation goes on, it is
// refused, or read as what is written of it again.
func FuzzPlaces(f *testing.F) {
	f.Add("", "50")
	f.Add("1767323047000000.01890000-0000-7000-8000-00000000000d", "500")
	f.Add("7.01890000-0000-7000-8000-00000000000d.01890000-0000-7000-8000-00000000000d.3", "1")
	f.Add("-1.x", "0")
	f.Add("253402300800000000.00000000-0000-0000-0000-000000000000", "+5")
	f.Fuzz(func(t *testing.T, place, limit string) {
		page, err := pageOf(url.Values{"before": {place}, "limit": {limit}})
		switch {
		case err != nil && reason.Of(err) != reason.InvalidRequest:
			t.Errorf("%q, %q: %v", place, limit, err)
		case err == nil && place != "":
			list := []struct{}{{}, {}}
			one := page
			one.limit = 1
			_, next := cut(one, list, func(struct{}) (time.Time, ids.ID) { return page.before, page.id })
			again, err := pageOf(url.Values{"before": {next}, "limit": {limit}})
			if err != nil || !again.before.Equal(page.before) || again.id != page.id || page.limit < 1 || page.limit > PageMax {
				t.Errorf("%q is %+v, and %q is %+v, %v", place, page, next, again, err)
			}
		}
		at, err := explainPlace(place)
		if err != nil {
			if reason.Of(err) != reason.InvalidRequest {
				t.Errorf("%q: %v", place, err)
			}
			return
		}
		if again, err := explainPlace(placeText(at)); place != "" && (err != nil || again != at) {
			t.Errorf("%q is %+v, then %+v, %v", place, at, again, err)
		}
	})
}
