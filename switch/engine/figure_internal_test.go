package engine

import (
	"slices"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/internal/reason"
)

// FuzzReadFigure: whatever somebody asks to be explained, it is refused with what to write, or a
// figure that is known, which written the long way is the same.
func FuzzReadFigure(f *testing.F) {
	for _, text := range []string{
		"7/JP-ACQUIRER/JPY", "7/JP-ACQUIRER/JPY/fees.service", "2026010200000007/JP-ACQUIRER/JPY/day",
		"settlement_JP-ACQUIRER_JPY_20260103000007_asia-1_000.csv/net", "settlementDay_A_JPY_1_asia-1_000.csv", "_____", "///", "",
		"7/A/JPY/01890000-0000-7000-8000-00000000000d/fee",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		figure, place, _, err := readFigure(text)
		if err != nil {
			if reason.Of(err) != reason.InvalidRequest {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		if _, _, err := figure.item(); err != nil && !slices.Contains(Figures(), figure.Name) {
			t.Errorf("%q is the figure %q", text, figure.Name)
		}
		long := strings.Join([]string{place, figure.ParticipantID, string(figure.Currency), string(figure.Name)}, "/")
		again, samePlace, _, err := readFigure(long)
		if strings.ContainsAny(place+figure.ParticipantID+string(figure.Currency), "/_") {
			return
		}
		if err != nil || samePlace != place || again.ParticipantID != figure.ParticipantID ||
			again.Currency != figure.Currency || again.Name != figure.Name {
			t.Errorf("%q is %+v, and %q is %+v, %v", text, figure, long, again, err)
		}
	})
}
