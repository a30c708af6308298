package alipayplus

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
)

// spy stands where the tracing transport stands.
type spy struct {
	next http.RoundTripper
	seen string
}

func (s *spy) RoundTrip(r *http.Request) (*http.Response, error) {
	s.seen = r.URL.String()
	return s.next.RoundTrip(r)
}

func TestChosenAddressesAreHiddenFromTraces(t *testing.T) {
	var received string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		received = r.URL.RequestURI()
	}))
	defer server.Close()
	base := &http.Transport{}
	defer base.CloseIdleConnections()
	between := &spy{next: restoreAddress{base}}
	ask := func(target string, chosen bool) string {
		t.Helper()
		request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, server.URL+target, nil)
		if err != nil {
			t.Fatal(err)
		}
		client := http.Client{Transport: hideAddress{between, base, chosen}}
		response, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if received != target {
			t.Errorf("the partner saw %s instead of %s", received, target)
		}
		return between.seen
	}
	for target, want := range map[string]string{
		"/hook/s3cret?token=s3cret&x=%2F": "/", "/hook": "/", "/": "/", "/?token=s3cret": "/", "/a%2Fb": "/",
		PathPay: PathPay, "/base" + PathNotifyPayment: "/base" + PathNotifyPayment, PathPay + "?token=s3cret": PathPay,
		PathPay + "/s3cret": "/",
	} {
		if seen := ask(target, false); seen != server.URL+want {
			t.Errorf("of %s tracing saw %s", target, seen)
		}
		if seen := ask(target, true); seen != "http://"+chosenHost+"/" {
			t.Errorf("of the chosen %s tracing saw %s", target, seen)
		}
	}
}

func TestSameOrigin(t *testing.T) {
	for pair, want := range map[[2]string]bool{
		{"https://a.example/x", "https://A.example"}:     true,
		{"https://a.example:444/x", "https://a.example"}: false,
		{"http://a.example/x", "https://a.example"}:      false,
		{"https://b.example", "https://a.example"}:       false,
		{"https://a.example.evil", "https://a.example"}:  false,
		{"", ""}:                     false,
		{"/x", "/y"}:                 false,
		{"://", "https://a.example"}: false,
		{"https://a.example", "://"}: false,
		{"https://a.example@evil/x", "https://a.example"}: false,
	} {
		if got := sameOrigin(pair[0], pair[1]); got != want {
			t.Errorf("%v: %v", pair, got)
		}
	}
}
