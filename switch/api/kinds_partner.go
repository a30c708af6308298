package api

import (
	"context"
	"crypto/sha256"
	"encoding/pem"
	"fmt"
	"net/url"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/egress"
	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/internal/throttle"
	"github.com/causeway-pay/causeway/switch/api/wire"
	"github.com/causeway-pay/causeway/switch/route"
)

// versioned makes a change of the directory a new version of it, in the transaction
// of the approval.
func versioned(kind Kind) Kind {
	apply := kind.apply
	kind.apply = func(ctx context.Context, tx db.Tx, approval Approval, change []byte) error {
		if err := apply(ctx, tx, approval, change); err != nil {
			return err
		}
		return route.InsertVersion(ctx, tx, route.Version{
			Kind: kind.Name, Change: change, ProposalID: approval.ProposalID, ProposerID: approval.ProposerID,
			ApproverID: approval.ApproverID, At: approval.At,
		})
	}
	return kind
}

// known refuses a participant that is not in the directory.
func known(directory func() *route.Directory, participantID string) error {
	if _, ok := directory().Participant(participantID); !ok {
		return refused(reason.Missing, "no partner "+participantID)
	}
	return nil
}

// endpointMost bounds an address as browsers and proxies do.
const endpointMost = 2_000

func checkEndpoint(policy egress.Policy, endpoint string) error {
	address, err := url.Parse(endpoint)
	if err != nil || len(endpoint) > endpointMost || address.RawQuery != "" {
		return refused(reason.InvalidRequest, "endpoint is an https address without a query")
	}
	if err := policy.Check(address); err != nil {
		return refused(reason.InvalidRequest, "endpoint: "+err.Error())
	}
	return nil
}

func endpointSet(config Config) Kind {
	return Definition[wire.EndpointChange]{
		Name: wire.KindEndpointSet, Propose: []Role{Operations}, Approve: []Role{Operations}, Reload: true,
		Check: func(change *wire.EndpointChange) error { return checkEndpoint(config.Endpoints, change.Endpoint) },
		Verify: func(_ context.Context, _ db.Reader, change wire.EndpointChange) error {
			return known(config.Directory, change.ParticipantID)
		},
		Describe: func(change wire.EndpointChange) string {
			return "call " + change.ParticipantID + " at " + change.Endpoint
		},
		Apply: func(ctx context.Context, tx db.Tx, _ Approval, change wire.EndpointChange) error {
			return route.SetEndpoint(ctx, tx, change.ParticipantID, change.Endpoint)
		},
	}.Kind()
}

// versionMost is the highest number of a key: the column's range.
const versionMost = 32_767

func checkVersion(version int) error {
	if version < 0 || version > versionMost {
		return refused(reason.InvalidRequest, fmt.Sprintf("version is 0 to %d", versionMost))
	}
	return nil
}

// normaliseKey brings a public key into its one form.
func normaliseKey(text *string) error {
	key, err := keys.ParsePublic(*text)
	if err != nil {
		return refused(reason.InvalidRequest, "public_key is PEM of type PUBLIC KEY, or its base64: "+
			"RSA of 2048 to 8192 bits, P-256 or Ed25519; a private key is never handed in")
	}
	*text, err = keys.FormatPublic(key)
	return err
}

// fingerprint is the SHA-256 of a public key that was normalised, as PKIX DER. Whoever
// approves compares it with what the partner says of its key.
func fingerprint(text string) string {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return "unknown"
	}
	return fmt.Sprintf("%x", sha256.Sum256(block.Bytes))
}

func keyAdd(directory func() *route.Directory) Kind {
	return Definition[wire.KeyAddition]{
		Name: wire.KindKeyAdd, Propose: []Role{Operations}, Approve: []Role{Operations}, Reload: true,
		Check: func(change *wire.KeyAddition) error {
			if err := checkVersion(change.Version); err != nil {
				return err
			}
			return normaliseKey(&change.PublicKey)
		},
		Verify: func(_ context.Context, _ db.Reader, change wire.KeyAddition) error {
			return known(directory, change.ParticipantID)
		},
		Describe: func(change wire.KeyAddition) string {
			return fmt.Sprintf("add version %d of the key of %s, SHA-256 %s", change.Version, change.ParticipantID,
				fingerprint(change.PublicKey))
		},
		Apply: func(ctx context.Context, tx db.Tx, _ Approval, change wire.KeyAddition) error {
			return route.AddKey(ctx, tx, change.ParticipantID, change.Version, change.PublicKey)
		},
	}.Kind()
}

func keyRetire(directory func() *route.Directory) Kind {
	return Definition[wire.KeyRetirement]{
		Name: wire.KindKeyRetire, Propose: []Role{Operations}, Approve: []Role{Operations}, Reload: true,
		Check: func(change *wire.KeyRetirement) error { return checkVersion(change.Version) },
		Verify: func(_ context.Context, _ db.Reader, change wire.KeyRetirement) error {
			return known(directory, change.ParticipantID)
		},
		Describe: func(change wire.KeyRetirement) string {
			return fmt.Sprintf("retire version %d of the key of %s", change.Version, change.ParticipantID)
		},
		Apply: func(ctx context.Context, tx db.Tx, _ Approval, change wire.KeyRetirement) error {
			return route.RetireKey(ctx, tx, change.ParticipantID, change.Version)
		},
	}.Kind()
}

// limitMost bounds each limit: above what any hub can carry, it is a slip.
const limitMost = 100_000

func limitsSet(directory func() *route.Directory) Kind {
	return Definition[wire.LimitsChange]{
		Name: wire.KindLimitsSet, Propose: []Role{Operations}, Approve: []Role{Operations}, Reload: true,
		Check: func(change *wire.LimitsChange) error {
			for _, l := range []wire.Limits{change.Inbound, change.Outbound} {
				if min(l.PerSecond, l.Burst, l.AtOnce) < 0 || max(l.PerSecond, l.Burst, l.AtOnce) > limitMost {
					return refused(reason.InvalidRequest, fmt.Sprintf("a limit is 1 to %d, or 0 for the default", limitMost))
				}
			}
			return nil
		},
		Verify: func(_ context.Context, _ db.Reader, change wire.LimitsChange) error {
			return known(directory, change.ParticipantID)
		},
		Describe: func(change wire.LimitsChange) string {
			text := func(l wire.Limits) string {
				return fmt.Sprintf("%d a second, %d more in a burst, %d at once", l.PerSecond, l.Burst, l.AtOnce)
			}
			return fmt.Sprintf("serve %s %s; ask it %s (0 is the default)", change.ParticipantID, text(change.Inbound),
				text(change.Outbound))
		},
		Apply: func(ctx context.Context, tx db.Tx, _ Approval, change wire.LimitsChange) error {
			return route.SetLimits(ctx, tx, change.ParticipantID, throttle.Limits(change.Inbound),
				throttle.Limits(change.Outbound))
		},
	}.Kind()
}
