package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/internal/clock"
)

// Options of a demonstration.
type Options struct {
	// Dir is the folder for everything, Program the switch's binary.
	Dir     string
	Program string
	// Payments is how many payments all partners make at once.
	Payments int
	Output   io.Writer
	Colour   bool
}

// ErrExpectation means that something did not come out as it should.
var ErrExpectation = errors.New("the demonstration did not meet every expectation")

// demo is one run.
type demo struct {
	*screen
	stage   *stage.Stage
	clock   clock.Clock
	options Options
	// settled is the window that the cut-off closed.
	settled string
}

// Run shows everything. It returns [ErrExpectation] if an expectation did not
// hold, and leaves messages and reports in the folder.
func Run(ctx context.Context, options Options) error {
	d := &demo{
		screen: &screen{to: options.Output, colour: options.Colour}, clock: clock.System{}, options: options,
	}
	started := d.clock.Now()
	d.title("Causeway: a shop in Tokyo is paid by a wallet in Hong Kong")
	opened, err := stage.Open(ctx, stage.Options{
		Dir: options.Dir, Program: options.Program, Fresh: true, Log: func(text string) { d.say("%s", text) },
		Timing: stage.Timing{
			WalletPatience: 2 * time.Second, CodeWindow: 6 * time.Second, Inquiries: "500ms,1s,1s",
			Cancels: "200ms,1s", Notifications: "1s,2s,5s",
		},
	})
	if err != nil {
		return err
	}
	defer opened.Close()
	d.stage = opened
	d.say("hub for partners %s, for operators %s", opened.PartnersURL(), opened.OperatorsURL())
	for _, step := range []func(context.Context) error{
		d.paymentCode, d.orderCode, d.decline, d.sanctions, d.silence, d.refund, d.crowd, d.cutOff, d.books, d.messages,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	d.title("%d expectations held, %d did not, in %s", d.passed, d.failed,
		d.clock.Now().Sub(started).Round(100*time.Millisecond))
	d.say("messages: %s", d.messagesDir())
	d.say("reports:  %s", opened.Reports())
	if d.failed > 0 {
		return fmt.Errorf("%w: %d of %d", ErrExpectation, d.failed, d.failed+d.passed)
	}
	return nil
}
