package egress

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
)

// ErrForbidden is wrapped by every refusal. Refusals name the rule and never the
// address, which may hold a secret.
var ErrForbidden = errors.New("egress: address is not allowed")

// hostMost is the longest name that DNS can carry (RFC 1035 section 2.3.4), and
// labelMost its longest part.
const (
	hostMost  = 253
	labelMost = 63
)

// Policy is what may be called. The zero value is for production.
type Policy struct {
	// Loopback also allows this machine, over http and at any port. It is for
	// development: with it a partner can reach what only listens locally.
	Loopback bool
}

// Check judges an address as it is written. Its error wraps [ErrForbidden].
func (p Policy) Check(address *url.URL) error {
	host := address.Hostname()
	if p.Loopback && address.User == nil && (address.Scheme == "http" || address.Scheme == "https") && isLoopback(host) {
		return nil
	}
	switch {
	case address.Scheme != "https":
		return forbidden("scheme is not https")
	case address.User != nil:
		return forbidden("it holds a user")
	case address.Opaque != "" || address.Fragment != "":
		return forbidden("it is no plain address")
	case !webPort(address):
		return forbidden("port is neither 443 nor 8443")
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		return p.checkIP(ip)
	}
	return checkName(host)
}

// webPort allows the ports that web servers are reached at from outside. Others
// belong to services that could misread a request, such as mail or databases.
func webPort(address *url.URL) bool {
	switch address.Port() {
	case "":
		return !strings.HasSuffix(address.Host, ":")
	case "443", "8443":
		return true
	default:
		return false
	}
}

// checkName refuses what is no host name of the public DNS: one label, a trailing
// dot, anything but ASCII letters, digits and hyphens, and names that end in a
// number, which resolvers read as IPv4 in octal, hexadecimal or with parts left out.
func checkName(host string) error {
	labels := strings.Split(host, ".")
	last := labels[len(labels)-1]
	if len(host) > hostMost || len(labels) < 2 || last == "" || last[0] >= '0' && last[0] <= '9' {
		return forbidden("host is no public name")
	}
	for _, label := range labels {
		if label == "" || len(label) > labelMost || label[0] == '-' || label[len(label)-1] == '-' ||
			strings.Trim(strings.ToLower(label), "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return forbidden("host is no public name")
		}
	}
	return nil
}

// Control is for [net.Dialer]: it is called with each IP address about to be
// dialled. Its error wraps [ErrForbidden].
func (p Policy) Control(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return forbidden("no IP address")
	}
	return p.checkIP(at.Addr())
}

// Dial makes a dialer keep to the policy.
func (p Policy) Dial(dialer *net.Dialer) *net.Dialer {
	dialer.Control = p.Control
	return dialer
}

func (p Policy) checkIP(ip netip.Addr) error {
	if p.Loopback && ip.IsLoopback() || Public(ip) {
		return nil
	}
	return forbidden("IP address is not public")
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// Public reports whether an IP address is a unicast one of the public Internet.
// IPv6 addresses with an IPv4 address inside (mapped, NAT64, 6to4, Teredo) are
// not, because they lead wherever that one does.
func Public(ip netip.Addr) bool {
	if !ip.IsValid() || ip.Zone() != "" {
		return false
	}
	blocks := special4
	if ip.Is6() {
		if !global6.Contains(ip) {
			return false
		}
		blocks = special6
	}
	for _, block := range blocks {
		if block.Contains(ip) {
			return false
		}
	}
	return true
}

// special4 is the IANA IPv4 special-purpose registry with multicast, without the
// two anycast addresses that it calls global.
var special4 = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
	"192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
	"198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
)

// global6 is all of IPv6 that is given out as global unicast (RFC 4291), special6
// what of it serves something else: protocols with Teredo and ORCHID,
// documentation, 6to4, AS112, documentation again.
var (
	global6  = netip.MustParsePrefix("2000::/3")
	special6 = prefixes("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)

func prefixes(texts ...string) []netip.Prefix {
	blocks := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		blocks[i] = netip.MustParsePrefix(text)
	}
	return blocks
}

func forbidden(rule string) error { return fmt.Errorf("%w: %s", ErrForbidden, rule) }
