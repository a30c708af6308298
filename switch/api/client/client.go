// Package client speaks to the operators' API of a hub, one method for each of
// its operations. Errors of the API are of type [*Error] with the problem that
// the hub described.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/internal/telemetry"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// Client calls one hub as one operator. It is safe for concurrent use.
type Client struct {
	// BaseURL is where the hub listens for operators: "https://hub.example:8443".
	BaseURL string
	// Token is the operator's token. It shows in no log.
	Token telemetry.Personal
	// HTTP makes the calls; nil means a client that waits 40 s, longer than the
	// hub works on a request, and follows no redirects.
	HTTP *http.Client
}

// answerMax bounds an answer: more than the longest page, the message of a
// partner or the document of the API.
const answerMax = 16 << 20

// Error is an answer of the hub that is not a success.
type Error struct {
	// Op is the method and path that was called.
	Op string
	// Problem is what the hub said. If it said nothing readable, it holds the
	// status alone.
	Problem wire.Problem
}

// Error implements error, with the trace that operators may ask for.
func (e *Error) Error() string {
	text := e.Op + ": " + e.Problem.Title
	if e.Problem.Detail != "" {
		text += ": " + e.Problem.Detail
	}
	if e.Problem.Reason == "" {
		return fmt.Sprintf("%s (status %d, not by a hub's address for operators)", text, e.Problem.Status)
	}
	return fmt.Sprintf("%s (%s, status %d, trace %s)", text, e.Problem.Reason, e.Problem.Status, e.Problem.TraceID)
}

// ReasonOf returns the stable name of the reason in err, or "" if it is no
// answer of a hub.
func ReasonOf(err error) string {
	var answer *Error
	if errors.As(err, &answer) {
		return answer.Problem.Reason
	}
	return ""
}

func (c *Client) http() *http.Client {
	if c.HTTP != nil {
		return c.HTTP
	}
	return &http.Client{
		Timeout: 40 * time.Second,
		// A token goes where it was meant to go and nowhere else.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// get reads a value.
func get[T any](ctx context.Context, c *Client, path string, query url.Values) (T, error) {
	return call[T](ctx, c, http.MethodGet, path, query, nil)
}

// post sends a value, or nothing if body is nil, and reads another one.
func post[T any](ctx context.Context, c *Client, path string, body any) (T, error) {
	return call[T](ctx, c, http.MethodPost, path, nil, body)
}

func call[T any](ctx context.Context, c *Client, method, path string, query url.Values, body any) (T, error) {
	var value T
	data, err := c.do(ctx, method, path, query, body)
	if err != nil {
		return value, err
	}
	if err := json.Unmarshal(data, &value); err != nil {
		return value, fmt.Errorf("%s %s: read answer of %s: %w", method, path, c.BaseURL, err)
	}
	return value, nil
}

// do makes one call and returns the body of a success.
func (c *Client) do(ctx context.Context, method, path string, query url.Values, body any) ([]byte, error) {
	request, err := c.request(ctx, method, path, query, body)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	return c.send(request)
}

// send sends a request and returns the body of a success.
func (c *Client) send(request *http.Request) ([]byte, error) {
	response, err := c.open(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	data, err := readBody(response)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", operation(request), err)
	}
	return data, nil
}

// operation is the method and path of a request.
func operation(request *http.Request) string { return request.Method + " " + request.URL.Path }

// open sends a request and returns a success, whose body the caller closes.
func (c *Client) open(request *http.Request) (*http.Response, error) {
	op := operation(request)
	response, err := c.http().Do(request)
	if err != nil {
		return nil, fmt.Errorf("%s: no answer from %s: %w", op, c.BaseURL, withoutAddress(err))
	}
	// A hub's address for partners answers everything with success and a signature.
	partners := response.Header.Get("Signature") != ""
	if response.StatusCode/100 == 2 && !partners {
		return response, nil
	}
	defer func() { _ = response.Body.Close() }()
	if partners {
		return nil, fmt.Errorf("%s: %s is a hub's address for partners, not for operators", op, c.BaseURL)
	}
	data, err := readBody(response)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", op, err)
	}
	return nil, &Error{Op: op, Problem: problemIn(response, data)}
}

// withoutAddress takes the address out of an error that names it beside.
func withoutAddress(err error) error {
	var located *url.Error
	if errors.As(err, &located) {
		return located.Err
	}
	return err
}

func readBody(response *http.Response) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(response.Body, answerMax+1))
	if err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	if len(data) > answerMax {
		return nil, fmt.Errorf("the answer is above %d bytes", answerMax)
	}
	return data, nil
}

func (c *Client) request(ctx context.Context, method, path string, query url.Values, body any) (*http.Request, error) {
	target := strings.TrimSuffix(c.BaseURL, "/") + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	var content io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		content = bytes.NewReader(encoded)
	}
	request, err := http.NewRequestWithContext(ctx, method, target, content)
	if err != nil {
		return nil, err
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if c.Token != "" {
		request.Header.Set("Authorization", "Bearer "+string(c.Token))
	}
	return request, nil
}

// problemIn reads a problem; what else answers in the name of a hub, such as a
// proxy, is known by its status.
func problemIn(response *http.Response, data []byte) wire.Problem {
	var problem wire.Problem
	media, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if media != "application/problem+json" || json.Unmarshal(data, &problem) != nil {
		problem = wire.Problem{Title: http.StatusText(response.StatusCode)}
	}
	problem.Status = response.StatusCode
	return problem
}
