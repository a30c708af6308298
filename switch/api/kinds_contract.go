package api

import (
	"context"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/api/wire"
	"github.com/causeway-pay/causeway/switch/route"
)

// registrations are the words of the API for what a contract says.
var registrations = map[string]route.Registration{
	"NONE": route.RegistrationNone, "AT_ONCE": route.RegistrationAtOnce, "REVIEWED": route.RegistrationReviewed,
}

func registrationSet(directory func() *route.Directory) Kind {
	return Definition[wire.RegistrationChange]{
		Name: wire.KindRegistrationSet, Propose: []Role{Operations}, Approve: []Role{Operations, Compliance}, Reload: true,
		Check: func(change *wire.RegistrationChange) error {
			if _, known := registrations[change.Registration]; !known {
				return refused(reason.InvalidRequest, "registration is NONE, AT_ONCE or REVIEWED")
			}
			return nil
		},
		Verify: func(_ context.Context, _ db.Reader, change wire.RegistrationChange) error {
			return verifyAcquirer(directory(), change.ParticipantID)
		},
		Describe: func(change wire.RegistrationChange) string {
			return "registration of the merchants of " + change.ParticipantID + ": " + change.Registration
		},
		Apply: func(ctx context.Context, tx db.Tx, _ Approval, change wire.RegistrationChange) error {
			return route.SetRegistration(ctx, tx, change.ParticipantID, registrations[change.Registration])
		},
	}.Kind()
}

func noticesSet(directory func() *route.Directory) Kind {
	return Definition[wire.NoticesChange]{
		Name: wire.KindNoticesSet, Propose: []Role{Operations}, Approve: []Role{Operations}, Reload: true,
		Check: func(change *wire.NoticesChange) error {
			if _, err := route.ParseNotices(change.Notices); err != nil {
				return refused(reason.InvalidRequest, err.Error())
			}
			return nil
		},
		Verify: func(_ context.Context, _ db.Reader, change wire.NoticesChange) error {
			return verifyAcquirer(directory(), change.ParticipantID)
		},
		Describe: func(change wire.NoticesChange) string {
			return "notifications to " + change.ParticipantID + ": " + change.Notices
		},
		Apply: func(ctx context.Context, tx db.Tx, _ Approval, change wire.NoticesChange) error {
			notices, err := route.ParseNotices(change.Notices)
			if err != nil {
				return err
			}
			return route.SetNotices(ctx, tx, change.ParticipantID, notices)
		},
	}.Kind()
}

// verifyAcquirer refuses what is no acquirer.
func verifyAcquirer(directory *route.Directory, id string) error {
	if p, found := directory.Participant(id); !found || p.Role != connectors.RoleAcquirer {
		return refused(reason.Missing, "no acquirer "+id)
	}
	return nil
}
