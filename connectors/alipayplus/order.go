package alipayplus

import (
	"encoding/json"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/iso20022"
)

// Order is what is sold. The switch reads the fields below and carries the
// whole object untouched to the wallet.
type Order struct {
	ReferenceOrderID string    `json:"referenceOrderId" aps:"64,required"`
	Description      string    `json:"orderDescription" aps:"256,required"`
	Amount           *Amount   `json:"orderAmount"      aps:",required"`
	Merchant         *Merchant `json:"merchant"         aps:",required"`
	Buyer            *Buyer    `json:"buyer,omitempty"`
	Env              *Env      `json:"env,omitempty"`
}

// Env is where the order was placed.
type Env struct {
	UserAgent string `json:"userAgent,omitempty" aps:"2048"`
}

// Merchant is who sells.
type Merchant struct {
	ReferenceMerchantID string   `json:"referenceMerchantId"       aps:"64,required"`
	MCC                 string   `json:"merchantMCC,omitempty"     aps:"4"`
	Name                string   `json:"merchantName"              aps:"140,required"`
	Address             *Address `json:"merchantAddress,omitempty"`
	Store               *Store   `json:"store,omitempty"`
}

// Store is where the merchant sells.
type Store struct {
	ReferenceStoreID string   `json:"referenceStoreId,omitempty" aps:"64"`
	Name             string   `json:"storeName,omitempty"        aps:"256"`
	MCC              string   `json:"storeMCC,omitempty"         aps:"4"`
	Address          *Address `json:"storeAddress,omitempty"`
}

// Address is a place; region is ISO 3166 alpha-2.
type Address struct {
	Region string `json:"region,omitempty" aps:"2"`
	City   string `json:"city,omitempty"   aps:"140"`
}

// Buyer is who buys, if the merchant knows.
type Buyer struct {
	Name *UserName `json:"buyerName,omitempty"`
}

// remittanceMost is the length of unstructured remittance information in ISO
// 20022 (Max140Text).
const remittanceMost = 140

// readOrder reads the parts of an order that the switch uses.
func readOrder(raw json.RawMessage) (Order, error) {
	var order Order
	if err := Decode(raw, &order); err != nil {
		return Order{}, err
	}
	merchant := order.Merchant
	for _, mcc := range [...]string{merchant.MCC, merchant.store().MCC} {
		if mcc != "" && (len(mcc) != 4 || !allDigits(mcc)) {
			return Order{}, illegal("order.merchant.merchantMCC", "not four digits")
		}
	}
	return order, nil
}

func (m *Merchant) store() Store {
	if m.Store == nil {
		return Store{}
	}
	return *m.Store
}

func (a *Address) value() Address {
	if a == nil {
		return Address{}
	}
	return *a
}

// transfer writes the order into the fields of ISO 20022. The merchant's place
// is its own address, else that of the store, else the acquirer's country.
func (o Order) transfer(raw json.RawMessage, acquirer connectors.Participant) iso20022.CreditTransfer {
	store := o.Merchant.store()
	place, branch := o.Merchant.Address.value(), store.Address.value()
	transfer := iso20022.CreditTransfer{
		Creditor: iso20022.Party{
			Name:    o.Merchant.Name,
			Town:    firstOf(place.City, branch.City),
			Country: firstOf(place.Region, branch.Region, acquirer.Country),
			OtherID: o.Merchant.ReferenceMerchantID,
		},
		MerchantCategory: firstOf(o.Merchant.MCC, store.MCC),
		Remittance:       cut(o.Description, remittanceMost),
		Supplementary:    raw,
	}
	if o.Buyer != nil {
		transfer.Debtor.Name = o.Buyer.Name.text()
	}
	return transfer
}

// orderFor returns the order for a wallet: the acquirer's own object, or, for a
// payment that came in another protocol, one made of the transfer.
func orderFor(transfer iso20022.CreditTransfer) (json.RawMessage, error) {
	var own bool
	err := parseStrict(transfer.Supplementary, func(v *value) error {
		own = v.kind == kindObject && v.member("merchant") != nil
		return nil
	})
	if err == nil && own {
		return transfer.Supplementary, nil
	}
	creditor := transfer.Creditor
	return Encode(Order{
		ReferenceOrderID: firstOf(transfer.EndToEndID, uetrText(transfer.UETR)),
		Description:      firstOf(transfer.Remittance, creditor.Name),
		Amount:           amountOf(transfer.InstructedAmount),
		Merchant: &Merchant{
			ReferenceMerchantID: firstOf(creditor.OtherID, creditor.Name), Name: creditor.Name,
			MCC: transfer.MerchantCategory, Address: &Address{Region: creditor.Country, City: creditor.Town},
		},
	})
}
