package api

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/api/wire"
	"github.com/causeway-pay/causeway/switch/route"
)

func codeSet(config Config) Kind {
	return Definition[wire.CodeChange]{
		Name: wire.KindCodeSet, Propose: []Role{Operations}, Approve: []Role{Operations}, Reload: true,
		Check: func(change *wire.CodeChange) error {
			if err := config.hashAlias(change.Identifier, &change.Alias, &change.AliasHash); err != nil {
				return err
			}
			if err := checkCodes(removalOf(*change)); err != nil {
				return err
			}
			if change.Prefix != "" {
				return prefixFrom(*change).Check()
			}
			owner := accountFrom(*change)
			a := owner.Upper()
			change.Identifier, change.Institution, change.AliasHash = a.Identifier, a.Institution, a.AliasHash
			return owner.Check()
		},
		Verify: func(_ context.Context, _ db.Reader, change wire.CodeChange) error {
			if p, found := config.Directory().Participant(change.ParticipantID); !found || p.Role != connectors.RoleAcquirer {
				return refused(reason.Missing, "no acquirer "+change.ParticipantID)
			}
			return nil
		},
		Describe: func(change wire.CodeChange) string {
			return fmt.Sprintf("lead codes %s to %s as %s", codesText(removalOf(change)), change.ParticipantID, change.Mode)
		},
		Apply: func(ctx context.Context, tx db.Tx, _ Approval, change wire.CodeChange) error {
			if change.Prefix != "" {
				return route.SaveMerchantCode(ctx, tx, prefixFrom(change))
			}
			return route.SaveAccountOwner(ctx, tx, accountFrom(change))
		},
	}.Kind()
}

func codeRemove(config Config) Kind {
	return Definition[wire.CodeRemoval]{
		Name: wire.KindCodeRemove, Propose: []Role{Operations}, Approve: []Role{Operations}, Reload: true,
		Check: func(change *wire.CodeRemoval) error {
			if err := config.hashAlias(change.Identifier, &change.Alias, &change.AliasHash); err != nil {
				return err
			}
			return checkCodes(*change)
		},
		Describe: func(change wire.CodeRemoval) string {
			return "lead codes " + codesText(change) + " to nobody"
		},
		Apply: func(ctx context.Context, tx db.Tx, _ Approval, change wire.CodeRemoval) error {
			if change.Prefix != "" {
				return route.RemoveMerchantCode(ctx, tx, change.Prefix)
			}
			return route.RemoveAccountOwner(ctx, tx, route.Account{
				Identifier: change.Identifier, Institution: change.Institution, AliasHash: change.AliasHash,
			})
		},
	}.Kind()
}

// hashAlias puts the hash of an alias in its place, so that it is written down nowhere.
func (c Config) hashAlias(identifier string, alias, hash *string) error {
	switch {
	case *alias == "":
		return nil
	case *hash != "":
		return refused(reason.InvalidRequest, "name the alias, or its hash")
	case c.Aliases == nil:
		return refused(reason.Unsupported, "this hub has no key for aliases; see keys.aliases")
	}
	*hash, *alias = c.Aliases(identifier, *alias), ""
	return nil
}

// checkCodes refuses what names no codes, or two kinds of them.
func checkCodes(codes wire.CodeRemoval) error {
	if (codes.Prefix == "") == (codes.Identifier == "") || codes.Prefix != "" && codes.Institution+codes.AliasHash != "" {
		return refused(reason.InvalidRequest, "codes are named by prefix, or by identifier with institution or alias_hash")
	}
	return nil
}

func removalOf(change wire.CodeChange) wire.CodeRemoval {
	return wire.CodeRemoval{
		Prefix: change.Prefix, Identifier: change.Identifier, Institution: change.Institution, AliasHash: change.AliasHash,
	}
}

func prefixFrom(change wire.CodeChange) route.MerchantCode {
	return route.MerchantCode{
		AcquirerID: change.ParticipantID, Prefix: change.Prefix, Mode: connectors.Mode(change.Mode),
	}
}

func accountFrom(change wire.CodeChange) route.AccountOwner {
	return route.AccountOwner{
		AcquirerID: change.ParticipantID, Mode: connectors.Mode(change.Mode), Account: route.Account{
			Identifier: change.Identifier, Institution: change.Institution, AliasHash: change.AliasHash,
		},
	}
}

func codesText(codes wire.CodeRemoval) string {
	switch {
	case codes.Prefix != "":
		return codes.Prefix + "..."
	case codes.Institution != "":
		return "of " + codes.Identifier + " at " + codes.Institution
	case codes.AliasHash != "":
		return "of " + codes.Identifier + " with alias " + codes.AliasHash
	default:
		return "of " + codes.Identifier
	}
}

func (s *server) codes(call) (answer, error) {
	directory := s.Directory()
	codes := each(directory.MerchantCodes(), func(c route.MerchantCode) wire.CodeChange {
		return wire.CodeChange{ParticipantID: c.AcquirerID, Mode: string(c.Mode), Prefix: c.Prefix}
	})
	slices.SortFunc(codes, func(a, b wire.CodeChange) int { return cmp.Compare(a.Prefix, b.Prefix) })
	accounts := each(directory.AccountOwners(), func(o route.AccountOwner) wire.CodeChange {
		return wire.CodeChange{
			ParticipantID: o.AcquirerID, Mode: string(o.Mode), Identifier: o.Identifier, Institution: o.Institution,
			AliasHash: o.AliasHash,
		}
	})
	slices.SortFunc(accounts, func(a, b wire.CodeChange) int {
		return cmp.Or(cmp.Compare(a.Identifier, b.Identifier), cmp.Compare(a.Institution, b.Institution),
			cmp.Compare(a.AliasHash, b.AliasHash))
	})
	return ok(wire.Codes{Codes: append(codes, accounts...)}, nil)
}
