package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/causeway-pay/causeway/fx"
)

// Format names how rates are written.
type Format string

// The formats.
const (
	// ECBXML is eurofxref-daily.xml and its history.
	ECBXML Format = "ecb-xml"
	// ECBCSV is eurofxref.csv and its history.
	ECBCSV Format = "ecb-csv"
	// CSV is a table with a header; [Config.Columns] says what stands where.
	CSV Format = "csv"
	// JSON is a document with a list or an object of rates.
	JSON Format = "json"
)

// Config describes a source.
type Config struct {
	// Name is what the rates are known by, at most 35 characters. The formats of
	// the ECB name themselves.
	Name   string
	Format Format
	// URL (http, https) or File, one of the two, is where the rates are.
	URL, File string
	// Columns are for CSV and JSON.
	Columns Columns
	// Rows is the path to the rates of a JSON document, names joined by dots; ""
	// means the document itself.
	Rows string
}

// Limits of a fetch. The ECB's whole history has 8 MB; a daily table answers
// within a second, or something is wrong.
const (
	bytesMax = 16 << 20
	patience = 10 * time.Second
)

// ErrSource means that a source cannot be read, or does not say what its
// configuration promises.
var ErrSource = errors.New("source: no rates")

// Source is one place where rates are published. It is safe for concurrent use.
type Source struct {
	config Config
	read   func(io.Reader) ([]fx.Reference, error)
	client *http.Client
}

// New returns the source of a configuration. A nil client means one that waits
// 10 s.
func New(config Config, client *http.Client) (*Source, error) {
	s := &Source{config: config, client: client}
	if client == nil {
		s.client = &http.Client{Timeout: patience}
	}
	if (config.URL == "") == (config.File == "") {
		return nil, fmt.Errorf("%w: source %s: set either url or file", ErrSource, config.Name)
	}
	if config.URL != "" {
		parsed, err := url.Parse(config.URL)
		if err != nil || parsed.Host == "" || parsed.Scheme != "http" && parsed.Scheme != "https" {
			return nil, fmt.Errorf("%w: source %s: the url is not http or https", ErrSource, config.Name)
		}
	}
	switch config.Format {
	case ECBXML:
		s.config.Name, s.read = fx.SourceECB, fx.ReadECBXML
	case ECBCSV:
		s.config.Name, s.read = fx.SourceECB, fx.ReadECBCSV
	case CSV:
		s.read = s.readCSV
	case JSON:
		s.read = s.readJSON
	default:
		return nil, fmt.Errorf("%w: source %s: no format %q", ErrSource, config.Name, config.Format)
	}
	if config.Format == CSV || config.Format == JSON {
		if err := config.Columns.check(); err != nil {
			return nil, fmt.Errorf("%w: source %s: %w", ErrSource, config.Name, err)
		}
	}
	if s.config.Name == "" {
		return nil, fmt.Errorf("%w: a source has no name", ErrSource)
	}
	return s, nil
}

// Name is what the rates are known by.
func (s *Source) Name() string { return s.config.Name }

// Fetch returns the rates that are published now. Either the whole table is as
// promised, or there is an error and no rate.
func (s *Source) Fetch(ctx context.Context) ([]fx.Reference, error) {
	body, err := s.open(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: source %s: %w", ErrSource, s.config.Name, err)
	}
	defer func() { _ = body.Close() }()
	references, err := s.read(&capped{reader: body, left: bytesMax})
	if err != nil {
		return nil, fmt.Errorf("%w: source %s: %w", ErrSource, s.config.Name, err)
	}
	if len(references) == 0 {
		return nil, fmt.Errorf("%w: source %s: the table is empty", ErrSource, s.config.Name)
	}
	return references, nil
}

func (s *Source) open(ctx context.Context) (io.ReadCloser, error) {
	if s.config.File != "" {
		return os.Open(s.config.File)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.config.URL, nil)
	if err != nil {
		return nil, err
	}
	response, err := s.client.Do(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, errors.Join(fmt.Errorf("status %d", response.StatusCode), response.Body.Close())
	}
	return response.Body, nil
}

// capped fails beyond its limit instead of cutting a table silently.
type capped struct {
	reader io.Reader
	left   int
}

var errTooLarge = fmt.Errorf("more than %d bytes", bytesMax)

// Read implements io.Reader.
func (c *capped) Read(p []byte) (int, error) {
	if c.left == 0 {
		// Whether anything follows decides.
		if n, err := c.reader.Read(make([]byte, 1)); n == 0 && errors.Is(err, io.EOF) {
			return 0, io.EOF
		}
		return 0, errTooLarge
	}
	n, err := c.reader.Read(p[:min(len(p), c.left)])
	c.left -= n
	return n, err
}
