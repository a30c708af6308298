package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/connectors/sandbox"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/payment"
)

const (
	tokyo    = "JP-SAKURA"
	hongKong = "HK-HARBOUR"
	korea    = "KR-HANGANG"
	manila   = "PH-LUZON"
)

// coffee is the payment that the traveller makes first: JPY 1,500.
const coffee = "1500"

// code lets a wallet fetch a payment code for a customer.
func (d *demo) code(ctx context.Context, wallet, customer string) (string, error) {
	codes, err := d.stage.Control(wallet).Codes(ctx, sandbox.CodeOrder{Customer: customer})
	if err != nil {
		return "", err
	}
	if len(codes.Codes) != 1 {
		return "", fmt.Errorf("demo: %s got no payment code: %s", wallet, codes.Result.Code)
	}
	return codes.Codes[0].PaymentCode, nil
}

// scanned makes a payment-code payment in Tokyo and returns its answer.
func (d *demo) scanned(ctx context.Context, wallet, customer, requestID string) (sandbox.PayOutcome, error) {
	code, err := d.code(ctx, wallet, customer)
	if err != nil {
		return sandbox.PayOutcome{}, err
	}
	return d.stage.Control(tokyo).Pay(ctx, sandbox.PayOrder{
		RequestID: requestID, Code: code, Amount: coffee, Currency: "JPY", MerchantName: "Ginza Tea House",
	})
}

// file returns what the hub knows about a payment in Tokyo.
func (d *demo) file(ctx context.Context, requestID string) (engine.File, error) {
	record, err := engine.ByRequest(ctx, d.stage.Pool, tokyo, requestID)
	if err != nil {
		return engine.File{}, fmt.Errorf("demo: payment %s of %s: %w", requestID, tokyo, err)
	}
	return engine.Open(ctx, d.stage.Pool, record.ID)
}

// until polls a payment until it is as wanted, or time is over.
func (d *demo) until(ctx context.Context, id ids.ID, wanted func(engine.File) bool) (engine.File, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for {
		file, err := engine.Open(ctx, d.stage.Pool, id)
		if err != nil || wanted(file) {
			return file, err
		}
		select {
		case <-ctx.Done():
			return file, nil
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func isNotified(file engine.File) bool { return file.Notified }

func is(state payment.State) func(engine.File) bool {
	return func(file engine.File) bool { return file.Payment.State == state }
}

func (d *demo) paymentCode(ctx context.Context) error {
	d.title("1. Payment code: the shop scans the traveller's code")
	answer, err := d.scanned(ctx, hongKong, stage.Regular+"-0", "COFFEE-1")
	if err != nil {
		return err
	}
	file, err := d.file(ctx, "COFFEE-1")
	if err != nil {
		return err
	}
	if file, err = d.until(ctx, file.Payment.ID, isNotified); err != nil {
		return err
	}
	if err := d.timeline(ctx, file); err != nil {
		return err
	}
	record := file.Payment
	d.expect(answer.Answer.Result.Code == "SUCCESS", "the shop is told %s", answer.Answer.Result.Code)
	d.expect(record.State == payment.Posted && record.MerchantAmount.String() == "1500 JPY",
		"the acquirer is owed %s less a fee of %s", record.MerchantAmount, record.Fee)
	debited, err := d.debited(ctx, hongKong, record.ID)
	if err != nil {
		return err
	}
	d.expect(debited == record.PayerAmount.Minor, "the traveller paid %s, exactly what was posted", record.PayerAmount)
	d.expect(file.Notified, "the acquirer was notified and confirmed")
	return nil
}

// debited returns what a wallet took from its customer for a payment.
func (d *demo) debited(ctx context.Context, wallet string, id ids.ID) (int64, error) {
	movements, err := d.stage.Control(wallet).Movements(ctx)
	if err != nil {
		return 0, err
	}
	var sum int64
	for _, m := range movements {
		switch {
		case m.PaymentRequestID != id.String():
		case m.Kind == "debit":
			sum += m.Minor
		default:
			sum -= m.Minor
		}
	}
	return sum, nil
}

func (d *demo) orderCode(ctx context.Context) error {
	d.title("2. Order code: the traveller scans the shop's QR code")
	shown, err := d.stage.Control(tokyo).Pay(ctx, sandbox.PayOrder{
		RequestID: "DINNER-1", Amount: "8200", Currency: "JPY", MerchantName: "Asakusa Noodles",
	})
	if err != nil {
		return err
	}
	file, err := d.file(ctx, "DINNER-1")
	if err != nil {
		return err
	}
	d.say("the shop shows %s", file.Payment.OrderCode)
	scan, err := d.stage.Control(korea).Scan(ctx, sandbox.ScanOrder{
		CodeValue: file.Payment.OrderCode, Customer: stage.Regular + "-1", Confirm: true,
	})
	if err != nil {
		return err
	}
	if file, err = d.until(ctx, file.Payment.ID, isNotified); err != nil {
		return err
	}
	if err := d.timeline(ctx, file); err != nil {
		return err
	}
	d.expect(
		shown.Answer.Result.Code == "PAYMENT_IN_PROCESS",
		"the shop is told %s and gets a code to show",
		shown.Answer.Result.Code,
	)
	d.expect(scan.Shown.PayToAmount != nil && scan.Shown.PayToAmount.Value == fmt.Sprint(file.Payment.PayerAmount.Minor),
		"the traveller saw %s and confirmed", file.Payment.PayerAmount)
	debited, err := d.debited(ctx, korea, file.Payment.ID)
	if err != nil {
		return err
	}
	d.expect(
		file.Payment.State == payment.Posted && debited == file.Payment.PayerAmount.Minor,
		"posted, and exactly that was debited",
	)
	return nil
}

func (d *demo) decline(ctx context.Context) error {
	d.title("3. Decline: the traveller's balance does not suffice")
	return d.refused(ctx, stage.Poor, "POOR-1", "USER_BALANCE_NOT_ENOUGH", payment.Declined, reason.InsufficientFunds)
}

func (d *demo) sanctions(ctx context.Context) error {
	d.title("4. Sanctions: the payer stands on a list")
	if err := d.refused(
		ctx,
		stage.Listed,
		"LISTED-1",
		"REGULATION_RESTRICTION",
		payment.Rejected,
		reason.Regulation,
	); err != nil {
		return err
	}
	file, err := d.file(ctx, "LISTED-1")
	if err != nil {
		return err
	}
	d.expect(len(file.History) == 1, "it was stopped before any money was reserved, and the wallet was never asked")
	return nil
}

// refused makes a payment that must be refused and leave nothing behind.
func (d *demo) refused(
	ctx context.Context,
	customer, requestID, code string,
	state payment.State,
	why reason.Kind,
) error {
	answer, err := d.scanned(ctx, hongKong, customer, requestID)
	if err != nil {
		return err
	}
	file, err := d.file(ctx, requestID)
	if err != nil {
		return err
	}
	decided, err := d.screening(ctx, file.Payment)
	if err != nil {
		return err
	}
	d.tell(file.Payment.CreatedAt, decided)
	d.expect(answer.Answer.Result.Code == code, "the shop is told %s", answer.Answer.Result.Code)
	d.expect(
		file.Payment.State == state && file.Payment.Reason == why,
		"the payment is %s, reason %s",
		file.Payment.State,
		file.Payment.Reason,
	)
	entries, err := ledger.EntriesOf(ctx, d.stage.Pool, file.Payment.ID)
	if err != nil {
		return err
	}
	debited, err := d.debited(ctx, hongKong, file.Payment.ID)
	if err != nil {
		return err
	}
	d.expect(len(entries) == 0 && debited == 0, "nothing moved, in the ledger or in the wallet")
	return nil
}

func (d *demo) silence(ctx context.Context) error {
	d.title("5. Silence: a wallet never answers, once undebited and once debited")
	for i, customer := range []string{stage.Silent, stage.SilentDebited} {
		requestID := fmt.Sprint("SILENT-", i)
		answer, err := d.scanned(ctx, hongKong, customer, requestID)
		if err != nil {
			return err
		}
		d.expect(answer.Answer.Result.Status == "U", "the shop is told %s: neither yes nor no", answer.Answer.Result.Code)
		file, err := d.file(ctx, requestID)
		if err != nil {
			return err
		}
		want := payment.Cancelled
		if customer == stage.SilentDebited {
			want = payment.Posted
		}
		if file, err = d.until(ctx, file.Payment.ID, is(want)); err != nil {
			return err
		}
		for _, change := range file.History {
			d.at(change.At.Sub(file.Payment.CreatedAt).Milliseconds(), "engine", change.Event+" -> "+change.State)
		}
		debited, err := d.debited(ctx, hongKong, file.Payment.ID)
		if err != nil {
			return err
		}
		owed := int64(0)
		if want == payment.Posted {
			owed = file.Payment.PayerAmount.Minor
		}
		d.expect(file.Payment.State == want && debited == owed, "it ends %s, and wallet and books agree", file.Payment.State)
	}
	return nil
}

func (d *demo) refund(ctx context.Context) error {
	d.title("6. Refund: the shop gives JPY 500 of the 1,500 back")
	answer, err := d.stage.Control(tokyo).Refund(ctx, sandbox.RefundOrder{
		NamedPayment: sandbox.NamedPayment{RequestID: "COFFEE-1"}, RefundID: "COFFEE-1-BACK", Amount: "500", Currency: "JPY",
		Why: "one cup less",
	})
	if err != nil {
		return err
	}
	file, err := d.file(ctx, "COFFEE-1")
	if err != nil {
		return err
	}
	d.expect(
		answer.Answer.Result.Code == "SUCCESS" && len(file.Returns) == 1,
		"the shop is told %s",
		answer.Answer.Result.Code,
	)
	if len(file.Returns) != 1 {
		return nil
	}
	back := file.Returns[0].Detail.Payer.Amount
	debited, err := d.debited(ctx, hongKong, file.Payment.ID)
	if err != nil {
		return err
	}
	d.expect(
		debited == file.Payment.PayerAmount.Minor-back.Minor,
		"the traveller gets %s back, at the rate of the payment",
		back,
	)
	return nil
}
