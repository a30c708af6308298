package alipayplus

import "github.com/causeway-pay/causeway/internal/reason"

// said is a partner's result, understood.
type said struct {
	// status is S, F or U; anything that is not exactly one of the first two,
	// or contradicts its own code, is U.
	status string
	// kind is None for S, the reason of F, and InProcess or what the code says
	// for U.
	kind reason.Kind
}

// readResult reads a result. S goes with SUCCESS only. F goes with a code that
// is final: an unknown code is still a refusal, but SUCCESS or a code of
// uncertainty is a contradiction.
func readResult(result Result) said {
	kind := kindOf(result.Code)
	switch {
	case result.Status == statusSuccess && kind == reason.None:
		return said{statusSuccess, reason.None}
	case result.Status == statusFailed && kind != reason.None && kind.Final():
		return said{statusFailed, kind}
	case result.Status == statusUnknown && !kind.Final():
		return said{statusUnknown, kind}
	default:
		return said{statusUnknown, reason.Unknown}
	}
}

// kindOf reads a code. Two codes stand for several kinds of the switch; from a
// partner they mean the one that is about the partner's own side.
func kindOf(code string) reason.Kind {
	switch code {
	case reason.Failed.Codes().APS:
		return reason.Failed
	case reason.MethodUnavailable.Codes().APS:
		return reason.MethodUnavailable
	default:
		return reason.FromAPS(code)
	}
}

// aboutTheMessage reports whether a refusal was about the message and not about
// the payment: an earlier copy of the message may still have been executed, so
// such a refusal proves nothing about the money.
func aboutTheMessage(kind reason.Kind) bool {
	switch kind {
	case reason.InvalidSignature, reason.UnknownClient, reason.UnknownKey, reason.UnsupportedMedia,
		reason.UnsupportedMethod, reason.UnknownInterface, reason.AccessDenied, reason.Inconsistent:
		return true
	default:
		return false
	}
}
