package alipayplus

import (
	"context"
	"slices"
	"strconv"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
)

// DeclareRequest is declare: an acquirer declares a payment to customs, and the switch
// hands the declaration to the payer's wallet by the same operation.
type DeclareRequest struct {
	AcquirerID       string           `json:"acquirerId,omitempty"        aps:"64"`
	PspID            string           `json:"pspId,omitempty"             aps:"64"`
	PaymentRequestID string           `json:"paymentRequestId"            aps:"64,required"`
	RequestID        string           `json:"customsDeclarationRequestId" aps:"64,required"`
	Customs          *CustomsInfo     `json:"customs"                     aps:",required"`
	Merchant         *MerchantCustoms `json:"merchantCustomsInfo"         aps:",required"`
	Amount           *Amount          `json:"declarationAmount"           aps:",required"`
	IsSplit          string           `json:"isSplit"                     aps:"8,required"`
	ReferenceOrderID string           `json:"referenceOrderId,omitempty"  aps:"64"`
	Buyer            *Certificate     `json:"buyerCertificate,omitempty"`
}

// CustomsInfo names an office of customs.
type CustomsInfo struct {
	Code   string `json:"customsCode" aps:"128,required"`
	Region string `json:"region"      aps:"2,required"`
}

// MerchantCustoms is what customs know a merchant by.
type MerchantCustoms struct {
	Code string `json:"merchantCustomsCode" aps:"128,required"`
	Name string `json:"merchantCustomsName" aps:"256,required"`
}

// Certificate is the paper that identifies a buyer.
type Certificate struct {
	Type          string    `json:"certificateType"         aps:"64,required"`
	Number        string    `json:"certificateNo"           aps:"64,required"`
	HolderName    *UserName `json:"holderName"              aps:",required"`
	EffectiveDate string    `json:"effectiveDate,omitempty" aps:"40"`
	ExpireDate    string    `json:"expireDate,omitempty"    aps:"40"`
}

// DeclareAnswer answers declare. Everything but the result is the wallet's, and there only
// once it has taken the declaration.
type DeclareAnswer struct {
	Answer
	PspPaymentID          string  `json:"pspPaymentId,omitempty"            aps:"64"`
	PspDeclarationID      string  `json:"pspDeclarationRequestId,omitempty" aps:"64"`
	PspCustomsCode        string  `json:"pspCustomsCode,omitempty"          aps:"128"`
	ClearingChannel       string  `json:"clearingChannel,omitempty"         aps:"64"`
	ClearingTransactionID string  `json:"clearingTransactionId,omitempty"   aps:"64"`
	PspOrderAmount        *Amount `json:"pspOrderAmount,omitempty"`
	IdentityCheckResult   string  `json:"identityCheckResult,omitempty"     aps:"64"`
}

// DeclarationsRequest is inquireDeclarationRequests.
type DeclarationsRequest struct {
	RequestIDs []string `json:"declarationRequestIds" aps:"64,required"`
}

// DeclarationsAnswer answers inquireDeclarationRequests.
type DeclarationsAnswer struct {
	Answer
	NotFound []string            `json:"declarationRequestsNotFound,omitempty" aps:"64"`
	Records  []DeclarationRecord `json:"declarationRecords,omitempty"`
}

// DeclarationRecord is one declaration and how far it is.
type DeclarationRecord struct {
	RequestID          string           `json:"customsDeclarationRequestId"        aps:"64,required"`
	PspDeclarationID   string           `json:"pspDeclarationRequestId,omitempty"  aps:"64"`
	PspPaymentID       string           `json:"pspPaymentId,omitempty"             aps:"64"`
	Customs            *CustomsInfo     `json:"customs,omitempty"`
	Merchant           *MerchantCustoms `json:"merchantCustomsInfo,omitempty"`
	Amount             *Amount          `json:"declarationAmount,omitempty"`
	IsSplit            string           `json:"isSplit,omitempty"                  aps:"8"`
	ReferenceOrderID   string           `json:"referenceOrderId,omitempty"         aps:"64"`
	Status             string           `json:"declarationRequestStatus,omitempty" aps:"64"`
	ModifiedTime       string           `json:"modifiedTime,omitempty"             aps:"40"`
	CustomsResultCode  string           `json:"customsResultCode,omitempty"        aps:"64"`
	CustomsResultText  string           `json:"customsResultDescription,omitempty" aps:"1024"`
	ResultReturnedTime string           `json:"customsResultReturnedTime,omitempty" aps:"40"`
}

// declarationsMost is how many declarations one inquiry may be about.
const declarationsMost = 10

// customsOperations are open to acquirers, and to networks that stand for merchants.
func customsOperations() map[string]operation {
	inquires := operation{role: connectors.RoleAcquirer, customs: true, serve: (*Server).inquireDeclarations}
	return map[string]operation{
		PathDeclare:             {role: connectors.RoleAcquirer, customs: true, serve: (*Server).declare},
		PathDeclarations:        inquires,
		PathDeclarationsInquiry: inquires,
	}
}

func (s *Server) declare(ctx context.Context, call Call) (any, error) {
	var request DeclareRequest
	if err := Decode(call.Body, &request); err != nil {
		return nil, err
	}
	declaration, err := request.read()
	if err != nil {
		return nil, err
	}
	receipt, err := s.customs.Declare(ctx, call.From, declaration)
	if err != nil {
		return nil, err
	}
	return DeclareAnswer{
		Answer: received(), PspPaymentID: receipt.WalletPaymentID, PspDeclarationID: receipt.WalletDeclarationID,
		PspCustomsCode: receipt.WalletCustomsCode, ClearingChannel: receipt.ClearingChannel,
		ClearingTransactionID: receipt.ClearingID, PspOrderAmount: optionalAmount(receipt.OrderAmount),
		IdentityCheckResult: receipt.IdentityCheck,
	}, nil
}

// read turns the request into a declaration. The checked fields are all but the buyer.
func (r DeclareRequest) read() (connectors.CustomsDeclaration, error) {
	split, err := truth("isSplit", r.IsSplit)
	if err != nil {
		return connectors.CustomsDeclaration{}, err
	}
	amount, err := r.Amount.read("declarationAmount")
	if err != nil {
		return connectors.CustomsDeclaration{}, err
	}
	if split && r.ReferenceOrderID == "" {
		return connectors.CustomsDeclaration{}, illegal("referenceOrderId", "missing where isSplit is true")
	}
	declaration := connectors.CustomsDeclaration{
		RequestID: r.RequestID, Payment: connectors.Reference{RequestID: r.PaymentRequestID},
		OfficeCode: r.Customs.Code, OfficeCountry: r.Customs.Region,
		MerchantCode: r.Merchant.Code, MerchantName: r.Merchant.Name, Amount: amount, Split: split,
	}
	if split {
		declaration.OrderID = r.ReferenceOrderID // which nothing else uses
	}
	declaration.CheckedFields = checked("declare", r.PaymentRequestID, r.Customs.Code, r.Customs.Region, r.Merchant.Code,
		r.Merchant.Name, r.Amount.text(), strconv.FormatBool(split), declaration.OrderID)
	declaration.Buyer, err = r.Buyer.read()
	return declaration, err
}

func (c *Certificate) read() (*connectors.Buyer, error) {
	if c == nil {
		return nil, nil
	}
	name := c.HolderName.text()
	if name == "" {
		return nil, illegal("buyerCertificate.holderName", "missing")
	}
	return &connectors.Buyer{
		CertificateType: c.Type, CertificateNumber: c.Number, Name: name, EffectiveDate: c.EffectiveDate,
		ExpiryDate: c.ExpireDate,
	}, nil
}

func (s *Server) inquireDeclarations(ctx context.Context, call Call) (any, error) {
	var request DeclarationsRequest
	if err := Decode(call.Body, &request); err != nil {
		return nil, err
	}
	count := len(request.RequestIDs)
	if count == 0 || count > declarationsMost || slices.Contains(request.RequestIDs, "") {
		return nil, illegal("declarationRequestIds", "not 1 to 10 ids")
	}
	records, err := s.customs.Declarations(ctx, call.From, request.RequestIDs)
	if err != nil {
		return nil, err
	}
	answer := DeclarationsAnswer{Answer: received()}
	for _, record := range records {
		answer.Records = append(answer.Records, recordOf(record))
	}
	for _, id := range request.RequestIDs {
		named := func(r DeclarationRecord) bool { return r.RequestID == id }
		if !slices.ContainsFunc(answer.Records, named) && !slices.Contains(answer.NotFound, id) {
			answer.NotFound = append(answer.NotFound, id)
		}
	}
	return answer, nil
}

// recordOf is a declaration as its acquirer is told. The merchant of an old one may be
// forgotten.
func recordOf(record connectors.CustomsRecord) DeclarationRecord {
	said, progress := record.Declaration, record.Progress
	told := DeclarationRecord{
		RequestID: said.RequestID, PspDeclarationID: record.Receipt.WalletDeclarationID,
		PspPaymentID: record.Receipt.WalletPaymentID, Customs: &CustomsInfo{said.OfficeCode, said.OfficeCountry},
		Amount:  amountOf(said.Amount),
		IsSplit: strconv.FormatBool(said.Split), ReferenceOrderID: said.OrderID, Status: progress.Status,
		ModifiedTime: formatTime(progress.ModifiedAt), CustomsResultCode: progress.ResultCode,
		CustomsResultText: progress.ResultText, ResultReturnedTime: formatTime(progress.ResultAt),
	}
	if said.MerchantCode != "" {
		told.Merchant = &MerchantCustoms{said.MerchantCode, said.MerchantName}
	}
	return told
}

// Customs is a [Client] as [connectors.CustomsWallet].
type Customs struct {
	client *Client
	// split declares every order by its own id, as an acquirer has to whose payment
	// request ids are not the merchant's.
	split bool
}

var _ connectors.CustomsWallet = Customs{}

// Customs returns the client's calls about declarations.
func (c *Client) Customs() Customs { return Customs{client: c} }

// Customs returns the calls about declarations as an acquirer of another network.
func (m Member) Customs() Customs { return Customs{client: m.client, split: true} }

// Declare implements [connectors.CustomsWallet].
func (c Customs) Declare(
	ctx context.Context, to connectors.Participant, said connectors.CustomsDeclaration,
) (connectors.CustomsReceipt, connectors.Answer) {
	var got DeclareAnswer
	answer := c.client.exchange(ctx, to, PathDeclare, DeclareRequest{
		PspID: to.ID, PaymentRequestID: said.Payment.RequestID, RequestID: said.RequestID,
		Customs:  &CustomsInfo{said.OfficeCode, said.OfficeCountry},
		Merchant: &MerchantCustoms{said.MerchantCode, said.MerchantName}, Amount: amountOf(said.Amount),
		IsSplit: strconv.FormatBool(said.Split || c.split), ReferenceOrderID: said.OrderID, Buyer: certificateOf(said.Buyer),
	}, &got)
	if answer.Err != nil {
		return connectors.CustomsReceipt{}, answer
	}
	result := readResult(got.Result)
	if result.kind == reason.UnknownInterface {
		// What has no such operation has executed none.
		answer.Decision, answer.Reason = connectors.Declined, reason.Unsupported
		return connectors.CustomsReceipt{}, answer
	}
	if answer = settled(answer, result); answer.Decision != connectors.Accepted {
		return connectors.CustomsReceipt{}, answer
	}
	receipt := connectors.CustomsReceipt{
		WalletPaymentID: got.PspPaymentID, WalletDeclarationID: got.PspDeclarationID, WalletCustomsCode: got.PspCustomsCode,
		ClearingChannel: got.ClearingChannel, ClearingID: got.ClearingTransactionID, IdentityCheck: got.IdentityCheckResult,
	}
	if got.PspOrderAmount != nil {
		// An amount that cannot be read is no reason to doubt the yes.
		receipt.OrderAmount, _ = got.PspOrderAmount.read("pspOrderAmount")
	}
	return receipt, answer
}

func certificateOf(buyer *connectors.Buyer) *Certificate {
	if buyer == nil {
		return nil
	}
	return &Certificate{
		Type: buyer.CertificateType, Number: buyer.CertificateNumber, HolderName: &UserName{Full: buyer.Name},
		EffectiveDate: buyer.EffectiveDate, ExpireDate: buyer.ExpiryDate,
	}
}

// InquireDeclaration implements [connectors.CustomsWallet].
func (c Customs) InquireDeclaration(
	ctx context.Context, to connectors.Participant, requestID string,
) (connectors.CustomsProgress, connectors.Answer) {
	var got DeclarationsAnswer
	answer := c.client.exchange(ctx, to, PathDeclarations, DeclarationsRequest{RequestIDs: []string{requestID}}, &got)
	if answer.Err != nil {
		return connectors.CustomsProgress{}, answer
	}
	answer = settled(answer, readResult(got.Result))
	if answer.Decision != connectors.Accepted {
		return connectors.CustomsProgress{}, answer
	}
	for _, record := range got.Records {
		if record.RequestID == requestID {
			return progressOf(record), answer
		}
	}
	if slices.Contains(got.NotFound, requestID) {
		answer.Decision, answer.Reason = connectors.Absent, reason.NotFound
		return connectors.CustomsProgress{}, answer
	}
	return connectors.CustomsProgress{}, contradiction(answer, "a declaration neither found nor not")
}

func progressOf(record DeclarationRecord) connectors.CustomsProgress {
	modified, _ := parseBodyTime(record.ModifiedTime)
	returned, _ := parseBodyTime(record.ResultReturnedTime)
	return connectors.CustomsProgress{
		Status: record.Status, ModifiedAt: modified, ResultCode: record.CustomsResultCode,
		ResultText: record.CustomsResultText, ResultAt: returned,
	}
}
