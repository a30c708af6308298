package egress_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/causeway-pay/causeway/internal/egress"
	"github.com/causeway-pay/causeway/internal/ports"
)

// counter listens on every address of this machine and counts who connects.
func counter(t *testing.T) (port string, count *atomic.Int64) {
	t.Helper()
	// Not a port that another process has just left, whose callers may still come.
	free, err := ports.Free()
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", fmt.Sprint(":", free))
	if err != nil {
		t.Fatal(err)
	}
	count = new(atomic.Int64)
	server := &http.Server{
		ReadHeaderTimeout: time.Minute,
		ConnState: func(_ net.Conn, state http.ConnState) {
			if state == http.StateNew {
				count.Add(1)
			}
		},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if target := r.URL.Query().Get("to"); target != "" {
				w.Header().Set("Location", target)
				w.WriteHeader(http.StatusTemporaryRedirect)
			}
		}),
	}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	_, port, err = net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port, count
}

// forbiddenIPs are addresses that lead inside, or nowhere.
func forbiddenIPs() []string {
	return []string{
		"0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.0.0.2",
		"127.255.255.254", "169.254.0.1", "169.254.169.254", "169.254.170.2", "172.16.0.1", "172.31.255.255", "192.0.0.1",
		"192.0.0.192", "192.0.2.1", "192.31.196.1", "192.52.193.1", "192.88.99.1", "192.168.0.1", "192.168.255.255",
		"192.175.48.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255",
		"240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
		"::ffff:169.254.169.254", "::ffff:8.8.8.8", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
		"64:ff9b:1::7f00:1", "100::1", "2001::1", "2001:0:7f00:1::", "2001:10::1", "2001:20::1", "2001:db8::1",
		"2002:7f00:1::1", "2002:a9fe:a9fe::", "2620:4f:8000::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254",
		"fe80::1", "fec0::1", "ff02::1", "ff0e::1", "4000::1",
	}
}

// spellings are ways to write a forbidden host into an address.
func spellings() []string {
	hosts := []string{
		"127.1", "127.0.1", "127.000.000.001", "0177.0.0.1", "0177.0.0.01", "0x7f.0.0.1", "0x7f.1", "0x7f000001",
		"0X7F000001", "2130706433", "017700000001", "00000177.0.0.1", "127.0.0.1.", "127.0.0.1..", "0", "0.0",
		"0.0.0.0.", "0x0", "00", "localhost", "LOCALHOST", "localhost.", "%6cocalhost", "localhost%00.example.com",
		"%31%32%37.0.0.1", "[::1%25lo]", "[fe80::1%25eth0]", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376",
		"0xa9.0xfe.0xa9.0xfe", "169.254.43518", "169.16689662", "169.254.169.254.", "025177524776", "167772161",
		"012.0.0.1", "0xa.0.0.1", "10.1", "192.168.1", "0300.0250.0.1", "0xc0a80001", "3232235521", "1.2.3.4.5",
		"256.256.256.256", "4294967296", "①②⑦.⓪.⓪.①", "127。0。0。1", "１２７.0.0.1", "metadata", "metadata.", "intranet",
		"example.com.", ".example.com", "example..com", "exa_mple.com", "-example.com", "example-.com", "exam ple.com",
		"example.com\t", "host.1", "host.0x1", strings.Repeat("a", 64) + ".example", strings.Repeat("a.", 127) + "example",
		"", "[]", "[127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]", "[::ffff:0x7f.1]",
		"[0000:0000:0000:0000:0000:0000:0000:0001]", "user@example.com", "user:pass@example.com", "@example.com",
		"example.com@127.0.0.1", "127.0.0.1@example.com", "example.com:22", "example.com:80", "example.com:25",
		"example.com:", "example.com:0", "example.com:0443", "example.com:65536", "example.com:6379",
	}
	for _, ip := range forbiddenIPs() {
		if strings.Contains(ip, ":") {
			ip = "[" + ip + "]"
		}
		hosts = append(hosts, ip)
	}
	return hosts
}

// call does what a caller of partners does: check as written, then dial.
func call(client *http.Client, policy egress.Policy, text string) error {
	address, err := url.Parse(text)
	if err != nil {
		return fmt.Errorf("%w: %w", egress.ErrForbidden, err)
	}
	if err := policy.Check(address); err != nil {
		return err
	}
	return get(client, address)
}

func get(client *http.Client, address *url.URL) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), http.NoBody)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	return response.Body.Close()
}

func client(t *testing.T, policy egress.Policy, resolver *net.Resolver) *http.Client {
	transport := &http.Transport{
		DialContext: policy.Dial(&net.Dialer{Resolver: resolver, Timeout: time.Minute}).DialContext, DisableKeepAlives: true,
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// TestSpellings tries every spelling as https and as http, with and without the
// port of a listener on this machine: each is refused by a rule and none connects.
func TestSpellings(t *testing.T) {
	port, connections := counter(t)
	var policy egress.Policy
	c := client(t, policy, nil)
	tried := 0
	for _, host := range spellings() {
		for _, address := range []string{
			"https://" + host + "/", "https://" + host + ":" + port + "/", "http://" + host + ":" + port + "/",
		} {
			tried++
			if err := call(c, policy, address); !errors.Is(err, egress.ErrForbidden) {
				t.Errorf("%q: %v", address, err)
			}
		}
	}
	for _, address := range []string{
		"ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "//example.com/", "https:example.com",
		"/hook", "", "https://example.com/#part", "unix:///var/run/docker.sock", "http://example.com/",
	} {
		tried++
		if err := call(c, policy, address); !errors.Is(err, egress.ErrForbidden) {
			t.Errorf("%q: %v", address, err)
		}
	}
	if n := connections.Load(); n != 0 {
		t.Errorf("%d connections", n)
	}
	if tried < 400 {
		t.Errorf("only %d spellings", tried)
	}
	// The listener would have noticed.
	if err := call(client(t, egress.Policy{Loopback: true}, nil), egress.Policy{Loopback: true},
		"http://127.0.0.1:"+port+"/"); err != nil || connections.Load() != 1 {
		t.Errorf("%v, %d connections", err, connections.Load())
	}
}

func TestCheckAllows(t *testing.T) {
	for _, text := range []string{
		"https://example.com", "https://EXAMPLE.com/hook?token=x%2F", "https://a-b.xn--fiqs8s:443/", "https://1a.example:8443/",
		"https://93.184.216.34/", "https://[2606:2800:220:1:248:1893:25c8:1946]/", "https://169.255.0.1/",
	} {
		address, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if err := (egress.Policy{}).Check(address); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestLoopbackIsForDevelopment: the setting opens this machine and nothing else.
func TestLoopbackIsForDevelopment(t *testing.T) {
	policy := egress.Policy{Loopback: true}
	for text, allowed := range map[string]bool{
		"http://127.0.0.1:9000/": true, "https://localhost:9/": true, "http://[::1]:9000": true,
		"http://user@127.0.0.1:9000/": false, "http://10.0.0.1/": false, "https://10.0.0.1/": false, "ftp://127.0.0.1/": false,
		"https://169.254.169.254/": false, "http://example.com/": false, "http://127.1:9000/": false,
	} {
		address, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if err := policy.Check(address); (err == nil) != allowed {
			t.Errorf("%s: %v", text, err)
		}
	}
	if policy.Control("tcp", "10.0.0.1:443", nil) == nil || policy.Control("tcp", "127.0.0.1:443", nil) != nil {
		t.Error("the dialled address is judged by another rule")
	}
}

func TestControlRefusesWhatIsNoIP(t *testing.T) {
	for _, address := range []string{"", "localhost:443", "127.0.0.1", "8.8.8.8", "8.8.8.8:x"} {
		if err := (egress.Policy{}).Control("tcp", address, nil); !errors.Is(err, egress.ErrForbidden) {
			t.Errorf("%q: %v", address, err)
		}
	}
	if err := (egress.Policy{}).Control("tcp", "8.8.8.8:443", nil); err != nil {
		t.Error(err)
	}
}

// nameServer is a DNS server of this test: name "i.evil.example" is the i-th of the
// addresses.
func nameServer(t *testing.T, addresses []string) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		buffer := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buffer)
			if err != nil {
				return
			}
			if answer := resolve(buffer[:n], addresses); answer != nil {
				_, _ = conn.WriteTo(answer, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

func resolve(query []byte, addresses []string) []byte {
	var m dnsmessage.Message
	if m.Unpack(query) != nil || len(m.Questions) != 1 {
		return nil
	}
	m.Response, m.Authoritative, m.Additionals = true, true, nil
	question := m.Questions[0]
	var index int
	if _, err := fmt.Sscanf(question.Name.String(), "%d.", &index); err != nil || index >= len(addresses) {
		return nil
	}
	ip := netip.MustParseAddr(addresses[index])
	header := dnsmessage.ResourceHeader{Name: question.Name, Class: dnsmessage.ClassINET, TTL: 0}
	switch {
	case question.Type == dnsmessage.TypeA && ip.Is4():
		m.Answers = []dnsmessage.Resource{{Header: header, Body: &dnsmessage.AResource{A: ip.As4()}}}
	case question.Type == dnsmessage.TypeAAAA && ip.Is6():
		m.Answers = []dnsmessage.Resource{{Header: header, Body: &dnsmessage.AAAAResource{AAAA: ip.As16()}}}
	}
	packed, err := m.Pack()
	if err != nil {
		return nil
	}
	return packed
}

// TestNamesThatLeadInside: a name that is as good as any is refused when it turns
// out to be a forbidden address, whichever. A mapped one is dialled as the IPv4
// address inside it and judged as that.
func TestNamesThatLeadInside(t *testing.T) {
	port, connections := counter(t)
	c := client(t, egress.Policy{}, nameServer(t, forbiddenIPs()))
	for i, ip := range forbiddenIPs() {
		if egress.Public(netip.MustParseAddr(ip).Unmap()) {
			continue
		}
		name := fmt.Sprintf("%d.evil.example", i)
		address := &url.URL{Scheme: "http", Host: name + ":" + port}
		if err := (egress.Policy{}).Check(&url.URL{Scheme: "https", Host: name}); err != nil {
			t.Errorf("the name itself is refused: %v", err)
		}
		if err := get(c, address); !errors.Is(err, egress.ErrForbidden) {
			t.Errorf("%s: %v", ip, err)
		}
	}
	if n := connections.Load(); n != 0 {
		t.Errorf("%d connections", n)
	}
	// The name server works: in development the same name arrives.
	development := client(t, egress.Policy{Loopback: true}, nameServer(t, []string{"127.0.0.1"}))
	if err := get(development, &url.URL{Scheme: "http", Host: "0.evil.example:" + port}); err != nil ||
		connections.Load() != 1 {
		t.Errorf("%v, %d connections", err, connections.Load())
	}
}

// FuzzCheck: an address that passes has a host that is either a public IP address
// or no spelling of one.
func FuzzCheck(f *testing.F) {
	for _, host := range spellings() {
		f.Add("https://" + host + "/")
	}
	f.Fuzz(func(t *testing.T, text string) {
		address, err := url.Parse(text)
		if err != nil || (egress.Policy{}).Check(address) != nil {
			return
		}
		host := address.Hostname()
		ip, err := netip.ParseAddr(host)
		if err == nil && !egress.Public(ip) {
			t.Errorf("%q passes", text)
		}
		if err != nil && (!strings.Contains(host, ".") || strings.HasSuffix(host, ".") || net.ParseIP(host) != nil) {
			t.Errorf("%q passes", text)
		}
	})
}
