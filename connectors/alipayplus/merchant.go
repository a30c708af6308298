package alipayplus

import (
	"context"
	"crypto/sha256"
	"slices"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
)

// RegistrationRequest is registration: one merchant or one store of it. What else
// stands in the body is for those who decide.
type RegistrationRequest struct {
	RegistrationRequestID string        `json:"registrationRequestId"  aps:"64,required"`
	ProductCodes          []string      `json:"productCodes,omitempty" aps:"64"`
	MerchantInfo          *MerchantInfo `json:"merchantInfo"           aps:",required"`
	StoreInfo             *StoreInfo    `json:"storeInfo,omitempty"`
}

// MerchantInfo is a merchant that is registered.
type MerchantInfo struct {
	ReferenceMerchantID string              `json:"referenceMerchantId"          aps:"64,required"`
	DisplayName         string              `json:"merchantDisplayName"          aps:"256,required"`
	MCC                 string              `json:"merchantMCC"                  aps:"4,required"`
	RegistrationDetail  *RegistrationDetail `json:"registrationDetail,omitempty"`
}

// RegistrationDetail is the company behind a merchant.
type RegistrationDetail struct {
	LegalName        string `json:"legalName"                  aps:"256,required"`
	RegistrationType string `json:"registrationType,omitempty" aps:"64"`
	RegistrationNo   string `json:"registrationNo,omitempty"   aps:"64"`
	BusinessType     string `json:"businessType,omitempty"     aps:"64"`
}

// StoreInfo is a store of a merchant.
type StoreInfo struct {
	ReferenceStoreID string `json:"referenceStoreId"   aps:"64,required"`
	StoreName        string `json:"storeName"          aps:"256,required"`
	StoreMCC         string `json:"storeMCC,omitempty" aps:"4"`
}

// RegistrationInquiry is inquiryRegistrationStatus.
type RegistrationInquiry struct {
	RegistrationRequestID string `json:"registrationRequestId" aps:"64,required"`
}

// RegistrationAnswer answers inquiryRegistrationStatus.
type RegistrationAnswer struct {
	Answer
	RegistrationResults []WalletResult `json:"registrationResults,omitempty"`
}

// WalletResult is what a registration has come to at one wallet. The documentation says
// that the state is per wallet and not how it is written; these names are ours.
type WalletResult struct {
	PspID              string `json:"pspId"`
	RegistrationStatus string `json:"registrationStatus"`
	Reason             string `json:"reason,omitempty"`
}

func (s *Server) registration(ctx context.Context, call Call) (any, error) {
	var request RegistrationRequest
	if err := Decode(call.Body, &request); err != nil {
		return nil, err
	}
	registration := connectors.MerchantRegistration{
		RequestID: request.RegistrationRequestID, CheckedFields: sha256.Sum256(call.Body),
		MerchantID: request.MerchantInfo.ReferenceMerchantID, Names: request.names(), Body: call.Body,
	}
	if request.StoreInfo != nil {
		registration.StoreID = request.StoreInfo.ReferenceStoreID
	}
	if err := s.merchants.Register(ctx, call.From, registration); err != nil {
		return nil, err
	}
	return Answer{ResultOf(reason.None)}, nil
}

// names are those that stand in a registration, each once.
func (r RegistrationRequest) names() []string {
	names := []string{r.MerchantInfo.DisplayName}
	if r.MerchantInfo.RegistrationDetail != nil {
		names = append(names, r.MerchantInfo.RegistrationDetail.LegalName)
	}
	if r.StoreInfo != nil {
		names = append(names, r.StoreInfo.StoreName)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (s *Server) inquiryRegistrationStatus(ctx context.Context, call Call) (any, error) {
	var request RegistrationInquiry
	if err := Decode(call.Body, &request); err != nil {
		return nil, err
	}
	all, err := s.merchants.RegistrationStatus(ctx, call.From, request.RegistrationRequestID)
	if err != nil {
		return nil, err
	}
	return RegistrationAnswer{Answer: Answer{ResultOf(reason.None)}, RegistrationResults: walletResults(all)}, nil
}

// RegistrationNotice is notifyRegistrationStatus: what a registration has come to, in the
// words of the answer to the inquiry.
type RegistrationNotice struct {
	RegistrationRequestID string         `json:"registrationRequestId" aps:"64,required"`
	RegistrationResults   []WalletResult `json:"registrationResults"`
}

// Registrations is a [Client] as [connectors.RegistrationAcquirer].
type Registrations struct{ client *Client }

var _ connectors.RegistrationAcquirer = Registrations{}

// Registrations returns the client's calls about the registration of merchants.
func (c *Client) Registrations() Registrations { return Registrations{c} }

// NotifyRegistration implements [connectors.RegistrationAcquirer].
func (r Registrations) NotifyRegistration(
	ctx context.Context, to connectors.Participant, requestID string, states []connectors.WalletRegistration,
) connectors.Answer {
	return r.client.notice(ctx, to, PathRegistrationNotice, RegistrationNotice{requestID, walletResults(states)})
}

func walletResults(states []connectors.WalletRegistration) []WalletResult {
	results := make([]WalletResult, len(states))
	for i, one := range states {
		results[i] = WalletResult{PspID: one.WalletID, RegistrationStatus: string(one.Status), Reason: one.Why}
	}
	return results
}
