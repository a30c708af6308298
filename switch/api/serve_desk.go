package api

import (
	"encoding/hex"
	"net/http"
	"slices"
	"time"

	"github.com/causeway-pay/causeway/internal/audit"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

func (s *server) me(c call) (answer, error) { return ok(operatorOf(c.operator), nil) }

func (s *server) operators(c call) (answer, error) {
	all, err := allOperators(c.Context(), s.Pool)
	return ok(wire.Operators{Operators: each(all, operatorOf)}, err)
}

func operatorOf(o Operator) wire.Operator {
	return wire.Operator{
		ID: o.ID, Name: o.Name, Roles: each(o.Roles, func(r Role) string { return string(r) }), Active: o.Active,
		CreatedAt: o.CreatedAt,
	}
}

func (s *server) screening(call) (answer, error) {
	version, names := s.Screening()
	return ok(wire.Screening{ListVersion: version, Names: names}, nil)
}

func (s *server) audit(c call) (answer, error) {
	_, p, err := c.listing("before", "limit")
	if err != nil {
		return answer{}, err
	}
	entries, err := auditLog(c.Context(), s.Pool, p.before, p.id, p.more())
	page, next := cut(p, entries, func(e audit.Row) (time.Time, ids.ID) { return e.At, e.ID })
	return ok(wire.Audit{Next: next, Entries: each(page, func(e audit.Row) wire.AuditEntry {
		return wire.AuditEntry{ID: e.ID, At: e.At, Actor: e.Actor, Action: e.Action, Subject: e.Subject, Detail: e.Detail}
	})}, err)
}

func (s *server) proposals(c call) (answer, error) {
	query, p, err := c.listing("state", "before", "limit")
	if err != nil {
		return answer{}, err
	}
	state := ProposalState(query.Get("state"))
	if state != "" && !slices.Contains(ProposalStates(), state) {
		return answer{}, malformed("no state of proposals has this name")
	}
	list, err := listProposals(c.Context(), s.Pool, state, s.Clock.Now(), p.before, p.id, p.more())
	page, next := cut(p, list, func(p Proposal) (time.Time, ids.ID) { return p.CreatedAt, p.ID })
	return ok(wire.Proposals{Proposals: each(page, s.proposalOf), Next: next}, err)
}

// proposalOf shows a proposal as it is now.
func (s *server) proposalOf(p Proposal) wire.Proposal {
	p = p.at(s.Clock.Now())
	description := p.Kind
	if kind, known := s.desk.kinds[p.Kind]; known {
		if text, err := kind.describe(p.Change); err == nil {
			description = text
		}
	}
	return wire.Proposal{
		ID: p.ID, Kind: p.Kind, Description: description, Change: p.Change, ChangeHash: hex.EncodeToString(p.ChangeHash),
		State: string(p.State), ProposerID: p.ProposerID, CreatedAt: p.CreatedAt, ExpiresAt: p.ExpiresAt,
		DeciderID: p.DeciderID, DecidedAt: p.DecidedAt,
	}
}

func (s *server) proposal(c call) (answer, error) {
	id, err := c.id()
	if err != nil {
		return answer{}, err
	}
	p, err := findProposal(c.Context(), s.Pool, id)
	return ok(s.proposalOf(p), err)
}

func (s *server) propose(c call) (answer, error) {
	var body wire.NewProposal
	if err := c.body(&body); err != nil {
		return answer{}, err
	}
	p, err := s.desk.propose(c.Context(), c.operator, body.Kind, body.Change)
	if err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusCreated, value: s.proposalOf(p), location: "/v1/proposals/" + p.ID.String()}, nil
}

func (s *server) approve(c call) (answer, error) {
	id, err := c.id()
	if err != nil {
		return answer{}, err
	}
	var body wire.Approval
	if err := c.body(&body); err != nil {
		return answer{}, err
	}
	hash, err := hex.DecodeString(body.ChangeHash)
	if err != nil {
		return answer{}, reason.New(reason.InvalidRequest, "api.approve", "change_hash is 64 hexadecimal digits")
	}
	p, err := s.desk.approve(c.Context(), c.operator, id, hash)
	if err != nil {
		return answer{}, err
	}
	s.Committed()
	if s.desk.kinds[p.Kind].Reload {
		s.Changed()
	}
	return ok(s.proposalOf(p), nil)
}

func (s *server) reject(c call) (answer, error) {
	id, err := c.id()
	if err != nil {
		return answer{}, err
	}
	p, err := s.desk.reject(c.Context(), c.operator, id)
	return ok(s.proposalOf(p), err)
}
