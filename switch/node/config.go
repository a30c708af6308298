package node

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"regexp"
	"strings"
	"time"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/switch/route"
)

// Config is the whole configuration of a hub: a YAML file, with any value
// overridden by an environment variable such as CAUSEWAY_DATABASE__URL.
type Config struct {
	// Region is the home region of the hub's rows.
	Region    string          `koanf:"region"`
	Database  DatabaseConfig  `koanf:"database"`
	Bus       BusConfig       `koanf:"bus"`
	Partners  ListenConfig    `koanf:"partners"`
	Operators ListenConfig    `koanf:"operators"`
	Callbacks CallbacksConfig `koanf:"callbacks"`
	Keys      KeysConfig      `koanf:"keys"`
	Privacy   PrivacyConfig   `koanf:"privacy"`
	Vault     VaultConfig     `koanf:"vault"`
	Telemetry TelemetryConfig `koanf:"telemetry"`
	Lists     []ListConfig    `koanf:"lists"`
	// Compliance is what does not stand in the policy, which is approved by people.
	Compliance ComplianceConfig `koanf:"compliance"`
	Rates      RatesConfig      `koanf:"rates"`
	Timing     TimingConfig     `koanf:"timing"`
	Disputes   DisputesConfig   `koanf:"disputes"`
	// Reports is the directory for settlement messages and report files.
	Reports    string           `koanf:"reports"`
	Settlement SettlementConfig `koanf:"settlement"`
	// Participants and Corridors are taken on at start if the database does
	// not have them; afterwards the database is what counts.
	Participants []ParticipantConfig `koanf:"participants"`
	Corridors    []CorridorConfig    `koanf:"corridors"`
	// Administrators are the first operators, taken on if there are none.
	Administrators []AdministratorConfig `koanf:"administrators"`
}

// DatabaseConfig says where the database is.
type DatabaseConfig struct {
	URL         string `koanf:"url"`
	Connections int32  `koanf:"connections"`
	// Apart commits every change by itself, instead of together with others that arrive
	// at the same time.
	Apart bool `koanf:"apart"`
	// Credentials is a path of Vault's database engine, such as
	// database/creds/causeway. Its users replace the one in URL.
	Credentials string `koanf:"credentials"`
}

// BusConfig says where NATS is: embedded with its files in Dir, or at URL.
type BusConfig struct {
	Dir string `koanf:"dir"`
	URL string `koanf:"url"`
}

// ListenConfig is one listener, with TLS if it has a certificate.
type ListenConfig struct {
	Listen      string `koanf:"listen"`
	PublicURL   string `koanf:"public_url"`
	Certificate string `koanf:"certificate"`
	Key         string `koanf:"key"`
}

// CallbacksConfig says which addresses partners may choose to be called at.
type CallbacksConfig struct {
	// Loopback allows this machine, over http too, for development. Otherwise an
	// address is public and https; see internal/egress.
	Loopback bool `koanf:"loopback"`
}

// TelemetryConfig says where traces, metrics and logs go.
type TelemetryConfig struct {
	OTLP  string `koanf:"otlp"`
	Log   string `koanf:"log"`
	Level string `koanf:"level"`
}

// RatesConfig says where exchange rates come from and what they must keep to. A
// provider may also push them over the operators' API.
type RatesConfig struct {
	// File is a CSV of ECB reference rates, read at the start and every hour.
	File string `koanf:"file"`
	// Sample loads the built-in rates of one day, for development.
	Sample bool `koanf:"sample"`
	// FreshFor is how old a rate may be when it prices a payment (default 120h, the
	// longest gap of ECB reference rates). MovePoints and
	// SpreadPoints are by how many basis points it may move at once, and how far
	// bid and ask may be apart; 0 means any.
	FreshFor     time.Duration `koanf:"fresh_for"`
	MovePoints   int64         `koanf:"move_points"`
	SpreadPoints int64         `koanf:"spread_points"`
	// Pairs are limits of single pairs, instead of the three above.
	Pairs []PairConfig `koanf:"pairs"`
	// Pivots are the currencies to cross through, the preferred first.
	Pivots []string `koanf:"pivots"`
	// Sources are fetched regularly.
	Sources []SourceConfig `koanf:"sources"`
	// Book is the currency in which exposure is valued (default EUR). It stays as
	// it is once there are positions.
	Book string `koanf:"book"`
	// QuoteLife is how long a firm quote is good (default 600s).
	QuoteLife time.Duration `koanf:"quote_life"`
}

// PairConfig is the limits of one pair, such as EUR/USD.
type PairConfig struct {
	Pair         string        `koanf:"pair"`
	FreshFor     time.Duration `koanf:"fresh_for"`
	MovePoints   int64         `koanf:"move_points"`
	SpreadPoints int64         `koanf:"spread_points"`
}

// SourceConfig is a source that is fetched; see fx/source.
type SourceConfig struct {
	Name    string        `koanf:"name"`
	Format  string        `koanf:"format"`
	URL     string        `koanf:"url"`
	File    string        `koanf:"file"`
	Every   time.Duration `koanf:"every"`
	Rows    string        `koanf:"rows"`
	Columns ColumnsConfig `koanf:"columns"`
}

// ColumnsConfig says where the parts of a rate stand in CSV or JSON.
type ColumnsConfig struct {
	Base       string `koanf:"base"`
	Quote      string `koanf:"quote"`
	Mid        string `koanf:"mid"`
	Bid        string `koanf:"bid"`
	Ask        string `koanf:"ask"`
	ObservedAt string `koanf:"observed_at"`
	Unit       string `koanf:"unit"`
}

// TimingConfig overrides the engine's limits and schedules; zero means its
// default.
type TimingConfig struct {
	WalletPatience time.Duration   `koanf:"wallet_patience"`
	CodeWindow     time.Duration   `koanf:"code_window"`
	OrderWindow    time.Duration   `koanf:"order_window"`
	DebitWindow    time.Duration   `koanf:"debit_window"`
	CancelGrace    time.Duration   `koanf:"cancel_grace"`
	RefundWindow   time.Duration   `koanf:"refund_window"`
	Inquiries      []time.Duration `koanf:"inquiries"`
	Cancels        []time.Duration `koanf:"cancels"`
	Notifications  []time.Duration `koanf:"notifications"`
	Pushes         []time.Duration `koanf:"pushes"`
	Freshness      time.Duration   `koanf:"freshness"`
}

// ParticipantConfig is a participant to take on.
type ParticipantConfig struct {
	ID             string `koanf:"id"`
	Role           string `koanf:"role"`
	Name           string `koanf:"name"`
	Country        string `koanf:"country"`
	Currency       string `koanf:"currency"`
	ClientID       string `koanf:"client_id"`
	Endpoint       string `koanf:"endpoint"`
	CodePrefix     string `koanf:"code_prefix"`
	FeeBasisPoints int64  `koanf:"fee_basis_points"`
	// Notices is of which final states an acquirer is notified: EVERY, the default, or
	// UNTOLD.
	Notices string `koanf:"notices"`
	// Cap is the net debit cap in major units: "1000000.00".
	Cap string `koanf:"cap"`
	// PublicKeyFile holds the public key of version 1, PEM or base64 DER.
	PublicKeyFile string `koanf:"public_key_file"`
	// MerchantCodes are the codes of an acquirer's own.
	MerchantCodes []MerchantCodeConfig `koanf:"merchant_codes"`
}

// MerchantCodeConfig is a prefix of codes that an acquirer's merchants show, and
// what they stand for: PrivateOrderCode, PushPayment or EntryCode.
type MerchantCodeConfig struct {
	Prefix string `koanf:"prefix"`
	Mode   string `koanf:"mode"`
}

// CorridorConfig is a corridor to open.
type CorridorConfig struct {
	Payer          string `koanf:"payer"`
	Merchant       string `koanf:"merchant"`
	PayerMarkup    int64  `koanf:"payer_markup"`
	MerchantMarkup int64  `koanf:"merchant_markup"`
	// Limit is the largest payment in major units of Currency.
	Limit    string `koanf:"limit"`
	Currency string `koanf:"currency"`
	// Hours are when payments may start, such as "mon fri 09:00-17:30 Asia/Tokyo".
	Hours string `koanf:"hours"`
}

// AdministratorConfig is a first operator.
type AdministratorConfig struct {
	Name  string   `koanf:"name"`
	Roles []string `koanf:"roles"`
	// TokenFile holds the operator's token; the database keeps its hash only.
	TokenFile string `koanf:"token_file"`
}

// EnvironmentPrefix starts the variables that override configuration; two
// underscores stand for the dot between levels.
const EnvironmentPrefix = "CAUSEWAY_"

// Load reads a configuration file and the environment. Unknown keys are errors,
// because a misspelt limit is no limit.
func Load(path string) (Config, error) {
	k := koanf.New(".")
	if err := k.Load(file.Provider(path), yaml.Parser()); err != nil {
		return Config{}, fmt.Errorf("config %s: %w", path, err)
	}
	variables := env.Provider(".", env.Opt{
		Prefix: EnvironmentPrefix,
		TransformFunc: func(key, value string) (string, any) {
			if strings.HasPrefix(key, EnvironmentPrefix+"TEST_") {
				return "", nil
			}
			key = strings.TrimPrefix(key, EnvironmentPrefix)
			return strings.ToLower(strings.ReplaceAll(key, "__", ".")), value
		},
	})
	if err := k.Load(variables, nil); err != nil {
		return Config{}, fmt.Errorf("config environment: %w", err)
	}
	var config Config
	if err := unmarshal(k, &config); err != nil {
		return Config{}, fmt.Errorf("config %s: %w", path, err)
	}
	return config, nil
}

var regionName = regexp.MustCompile(`^[a-z0-9-]{2,32}$`)

// Validate checks the configuration as a whole and names everything that is
// wrong, each problem on its own line with the key to change.
func (c Config) Validate() error {
	var problems []error
	need := func(ok bool, format string, args ...any) {
		if !ok {
			problems = append(problems, fmt.Errorf(format, args...))
		}
	}
	need(regionName.MatchString(c.Region), "region: want 2 to 32 of a-z, 0-9 and -, got %q", c.Region)
	err := db.CheckURL(c.Database.URL)
	need(err == nil, "database.url: %v", err)
	need(c.Database.Connections >= 0, "database.connections: want 0 for the default, or more, got %d",
		c.Database.Connections)
	need((c.Bus.Dir == "") != (c.Bus.URL == ""), "bus: set either dir (embedded) or url (external)")
	need(c.Reports != "", "reports: name the directory for settlement files")
	problems = append(problems, c.Keys.validate(), c.Vault.validate(c.needsVault()))
	problems = append(problems, c.Privacy.validate(), c.Timing.validate(), c.Disputes.validate(), c.Compliance.validate())
	problems = append(problems, c.Partners.validate("partners"), c.Operators.validate("operators"))
	for i, p := range c.Participants {
		problems = append(problems, p.validate(fmt.Sprintf("participants[%d]", i)))
	}
	for i, l := range c.Lists {
		problems = append(problems, l.validate(fmt.Sprintf("lists[%d]", i)))
	}
	problems = append(problems, c.Rates.validate(), c.distinct())
	for i, corridor := range c.Corridors {
		_, err := corridor.corridor()
		need(err == nil, "corridors[%d]: %v", i, err)
	}
	return errors.Join(problems...)
}

func (l ListenConfig) validate(name string) error {
	if _, _, err := net.SplitHostPort(l.Listen); err != nil {
		return fmt.Errorf("%s.listen: want host:port, got %q", name, l.Listen)
	}
	if (l.Certificate == "") != (l.Key == "") {
		return fmt.Errorf("%s: set certificate and key together", name)
	}
	return validateAddress(name+".public_url", l.PublicURL)
}

func (p ParticipantConfig) validate(name string) error {
	if problem := p.participant().Problem(); problem != "" {
		return fmt.Errorf("%s.%s", name, problem)
	}
	if _, err := p.cap(); err != nil {
		return fmt.Errorf("%s.cap: %w", name, err)
	}
	for i, code := range p.merchantCodes() {
		if err := code.Check(); err != nil {
			return fmt.Errorf("%s.merchant_codes[%d]: %w", name, i, err)
		}
	}
	if notices, err := p.notices(); err != nil {
		return fmt.Errorf("%s.notices: %w", name, err)
	} else if notices != route.NoticesEvery && p.Role != string(connectors.RoleAcquirer) {
		return fmt.Errorf("%s.notices: only acquirers are notified", name)
	}
	if err := p.validateKey(); err != nil {
		return fmt.Errorf("%s.public_key_file: %w", name, err)
	}
	return validateAddress(name+".endpoint", p.Endpoint)
}

// participant is the participant without region and keys, which stand elsewhere.
func (p ParticipantConfig) participant() route.Participant {
	notices, _ := p.notices() // it is valid
	return route.Participant{
		Participant: connectors.Participant{
			ID: p.ID, Role: connectors.Role(p.Role), Name: p.Name, Country: p.Country,
			Currency: money.Currency(p.Currency), ClientID: p.ClientID, Endpoint: p.Endpoint, Connector: alipayplusName,
		},
		CodePrefix: p.CodePrefix, FeeBasisPoints: p.FeeBasisPoints, Notices: notices,
	}
}

func (p ParticipantConfig) notices() (route.Notices, error) {
	return route.ParseNotices(cmp.Or(p.Notices, route.NoticesEvery.String()))
}

func (p ParticipantConfig) merchantCodes() []route.MerchantCode {
	codes := make([]route.MerchantCode, len(p.MerchantCodes))
	for i, c := range p.MerchantCodes {
		codes[i] = route.MerchantCode{AcquirerID: p.ID, Prefix: c.Prefix, Mode: connectors.Mode(c.Mode)}
	}
	return codes
}

func (p ParticipantConfig) cap() (money.Amount, error) {
	return money.ParseDecimal(p.Cap, money.Currency(p.Currency))
}

func (c CorridorConfig) corridor() (corridor route.Corridor, err error) {
	corridor = route.Corridor{
		PayerCountry: c.Payer, MerchantCountry: c.Merchant, PayerMarkup: c.PayerMarkup, MerchantMarkup: c.MerchantMarkup,
	}
	if corridor.Limit, err = money.ParseDecimal(c.Limit, money.Currency(c.Currency)); err != nil {
		return corridor, fmt.Errorf("limit: %w", err)
	}
	if corridor.Hours, err = route.ParseHours(c.Hours); err != nil {
		return corridor, err
	}
	if problem := corridor.Problem(); problem != "" {
		return corridor, errors.New(problem)
	}
	return corridor, nil
}
