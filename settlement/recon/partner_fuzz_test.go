package recon_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/settlement/recon"
	"github.com/causeway-pay/causeway/settlement/report"
)

// FuzzPartnerFile: whatever columns are agreed with a partner, and whatever it sends back, the
// columns or the file are refused, or its lines are those of a statement.
func FuzzPartnerFile(f *testing.F) {
	standard, err := report.Standard()
	if err != nil {
		f.Fatal(err)
	}
	const short = "section transactionItems.detail\na id\nb settlement.signed\nc completed\nd currency\n"
	f.Add(standard.String(), []byte("x\n"))
	f.Add(short, []byte("a,b,c,d\n1,-15,2026-01-05T00:00:00+08:00,JPY\n<END>\n"))
	f.Add(short+"e type\n", []byte("a,b,c,d,e\n1,9223372036854775807,2026-01-05,JPY,x\n2,9223372036854775807,2026-01-05,JPY,\n"))
	f.Add("section transactionItems.detail\na id\nb settlement\nc completed\nd currency\ne settlement.direction\n",
		[]byte("a,b,c,d,e\n1,15,2026-01-05,JPY,D\n"))
	f.Fuzz(func(t *testing.T, text string, data []byte) {
		columns, err := report.ReadColumns(report.Columns{}, strings.NewReader(text))
		if err != nil {
			return
		}
		layout, err := recon.PartnerLayout(columns)
		if err != nil {
			if !errors.Is(err, recon.ErrLayout) {
				t.Errorf("got %v", err)
			}
			return
		}
		s, err := layout.Read(data, "JP-ACQUIRER", "1")
		if err == nil {
			checkRead(t, s)
		} else if !errors.Is(err, recon.ErrStatement) {
			t.Errorf("got %v", err)
		}
	})
}
