package alipayplus_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/keys"
)

// now is when all tests of the protocol happen.
var now = time.Date(2026, 1, 2, 3, 4, 5, 60_000_000, time.UTC)

// house holds the keys of everybody, made once for all tests because RSA keys
// are slow to make.
type house struct {
	signers  map[string]*keys.FileSigner
	verifier *keys.Published
}

const hubName = "switch"

var openHouse = sync.OnceValues(func() (house, error) {
	h := house{signers: make(map[string]*keys.FileSigner)}
	public := make(map[string]map[int]string)
	for _, owner := range []string{hubName, "JP-ACQ", "TH-ACQ", "HK-WALLET", "JP-NETWORK", "TH-NETWORK", "HK-NETWORK", "intruder"} {
		directory := keyDirectory
		signer, err := keys.LoadOrGenerate(directory, owner)
		if err != nil {
			return h, err
		}
		h.signers[owner] = signer
		if public[owner], err = signer.Public(); err != nil {
			return h, err
		}
	}
	delete(public, "intruder")
	h.verifier = keys.NewPublished(keys.Table(public))
	return h, nil
})

func keysOf(t testing.TB) house {
	t.Helper()
	h, err := openHouse()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func participant(id string, role connectors.Role) connectors.Participant {
	return connectors.Participant{
		ID: id, Role: role, Name: id, Country: "JP", Currency: "USD", ClientID: "SANDBOX_" + id,
		Connector: "alipayplus",
	}
}

// network is another network, of which the switch is a member.
func network(id string, role connectors.Role) connectors.Participant {
	p := participant(id, role)
	p.Connector = "alipayplus-network"
	return p
}

var (
	acquirer = participant("JP-ACQ", connectors.RoleAcquirer)
	stranger = participant("TH-ACQ", connectors.RoleAcquirer)
	wallet   = participant("HK-WALLET", connectors.RoleWallet)

	merchantNetwork = network("JP-NETWORK", connectors.RoleAcquirer)
	strangeNetwork  = network("TH-NETWORK", connectors.RoleAcquirer)
	payerNetwork    = network("HK-NETWORK", connectors.RoleWallet)
)

// directory is a fixed set of participants.
type directory map[string]connectors.Participant

func (d directory) ByClient(clientID string) (connectors.Participant, bool) {
	p, known := d[clientID]
	return p, known
}

func participants(all ...connectors.Participant) directory {
	d := make(directory)
	for _, p := range all {
		d[p.ClientID] = p
	}
	return d
}

func gateConfig(t testing.TB) alipayplus.GateConfig {
	h := keysOf(t)
	return alipayplus.GateConfig{
		Directory: participants(acquirer, stranger, wallet, merchantNetwork, strangeNetwork, payerNetwork),
		Verifier:  h.verifier, Signer: h.signers[hubName],
		Clock: &clock.Fixed{At: now},
	}
}

// serve starts a server on loopback.
func serve(t testing.TB, config alipayplus.ServerConfig) *httptest.Server {
	server := httptest.NewUnstartedServer(alipayplus.NewServer(config))
	limits := alipayplus.NewHTTPServer(server.Config.Handler)
	server.Config.ReadHeaderTimeout, server.Config.MaxHeaderBytes = limits.ReadHeaderTimeout, limits.MaxHeaderBytes
	server.Start()
	t.Cleanup(server.Close)
	return server
}

// sign makes a Signature header as a partner would.
func sign(t testing.TB, owner, method, target, clientID, at string, body []byte) string {
	t.Helper()
	signed := alipayplus.SigningString(method, target, clientID, at, body)
	value, version, err := keysOf(t).signers[owner].Sign(context.Background(), signed)
	if err != nil {
		t.Fatal(err)
	}
	return alipayplus.FormatSignature(alipayplus.Signature{KeyVersion: version, Value: value})
}

// payBody is a pay as the protocol's documentation shows it.
func payBody(key string, minor int64) []byte {
	return fmt.Appendf(nil, `{"paymentRequestId":%q,
 "order":{"referenceOrderId":"ORD-1","orderDescription":"Coffee","orderAmount":{"currency":"JPY","value":"%d"},
  "merchant":{"referenceMerchantId":"M-77","merchantName":"Test Shop","merchantMCC":"5814",
   "merchantAddress":{"region":"JP","city":"Tokyo"},
   "store":{"referenceStoreId":"S-1","storeName":"Test Shop Ginza","storeMCC":"5814",
    "storeAddress":{"region":"JP","city":"Tokyo"}}},
  "env":{"storeTerminalId":"T1","storeTerminalRequestTime":"2026-01-02T12:04:05+09:00"}},
 "paymentAmount":{"currency":"JPY","value":"%d"},
 "paymentMethod":{"paymentMethodType":"CONNECT_WALLET","paymentMethodId":"251001020123456789012345"},
 "paymentFactor":{"isInStorePayment":"true","isCashierPayment":"false","inStorePaymentScenario":"PaymentCode"},
 "settlementStrategy":{"settlementCurrency":"USD"},
 "paymentNotifyUrl":"https://acqp.example/notify"}`, key, minor, minor)
}
