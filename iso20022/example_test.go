package iso20022_test

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
)

func ExampleStatusRequest_AppendXML() {
	uetr, err := iso20022.ParseUETR("eb6305c9-1f7f-49de-aed0-16487c27b42d")
	if err != nil {
		fmt.Println(err)
		return
	}
	request := iso20022.StatusRequest{
		MessageID:    "Q-1",
		CreatedAt:    time.Date(2026, 4, 13, 10, 30, 0, 0, time.FixedZone("", 8*3600)),
		OriginalUETR: uetr,
	}
	data, err := request.AppendXML(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(strings.ReplaceAll(string(data), "><", ">\n<"))
	// Output:
	// <?xml version="1.0" encoding="UTF-8"?>
	// <Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.028.001.06">
	// <FIToFIPmtStsReq>
	// <GrpHdr>
	// <MsgId>Q-1</MsgId>
	// <CreDtTm>2026-04-13T10:30:00+08:00</CreDtTm>
	// </GrpHdr>
	// <TxInf>
	// <OrgnlUETR>eb6305c9-1f7f-49de-aed0-16487c27b42d</OrgnlUETR>
	// </TxInf>
	// </FIToFIPmtStsReq>
	// </Document>
}

func ExampleParseNotification() {
	notification, err := iso20022.ParseNotification([]byte(`
<n:Document xmlns:n="urn:iso:std:iso:20022:tech:xsd:camt.054.001.13">
  <n:BkToCstmrDbtCdtNtfctn>
    <n:GrpHdr><n:MsgId>M-1</n:MsgId><n:CreDtTm>2026-04-13T10:30:00Z</n:CreDtTm></n:GrpHdr>
    <n:Ntfctn>
      <n:Id>N-1</n:Id>
      <n:Acct><n:Id><n:Othr><n:Id>HK-WALLET.HKD</n:Id></n:Othr></n:Id><n:Ccy>HKD</n:Ccy></n:Acct>
      <n:Ntry>
        <n:Amt Ccy="HKD">74.22</n:Amt><n:CdtDbtInd>DBIT</n:CdtDbtInd><n:Sts><n:Cd>BOOK</n:Cd></n:Sts>
        <n:BkTxCd><n:Domn><n:Cd>PMNT</n:Cd>
          <n:Fmly><n:Cd>ICDT</n:Cd><n:SubFmlyCd>OTHR</n:SubFmlyCd></n:Fmly></n:Domn></n:BkTxCd>
      </n:Ntry>
    </n:Ntfctn>
  </n:BkToCstmrDbtCdtNtfctn>
</n:Document>`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(notification.AccountID, notification.Entries[0].Amount)
	// Output: HK-WALLET.HKD 74.22 HKD
}

func ExampleError() {
	transfer := iso20022.InstitutionTransfer{
		MessageID: "M-1", CreatedAt: time.Date(2026, 4, 13, 0, 0, 0, 0, time.UTC), EndToEndID: "W-1",
		Amount: money.New(100, "EUR"),
	}
	_, err := transfer.AppendXML(nil)
	var refusal *iso20022.Error
	if errors.As(err, &refusal) {
		fmt.Println(refusal.Path)
		fmt.Println(refusal.Problem)
	}
	// Output:
	// FICdtTrf/CdtTrfTxInf/PmtId/UETR
	// missing
}

func ExampleIdentifier35() {
	fmt.Println(iso20022.Identifier35("2026041319074101000700000077771234567890"))
	fmt.Println(iso20022.Identifier35("order-7"))
	// Output:
	// 9bc762030d95584cb15bf3b84a31b9f32d0
	// order-7
}
