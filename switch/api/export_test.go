package api

// Route is an endpoint as tests see it.
type Route struct {
	Method, Path string
	Roles        []Role
}

// Routes returns the table of endpoints.
func Routes() []Route {
	var routes []Route
	for _, e := range endpoints() {
		routes = append(routes, Route{e.method, e.path, e.roles})
	}
	return routes
}

// DecodeStrict is for the tests of the decoder.
func DecodeStrict(data []byte, into any) error { return decodeStrict(data, into) }

// BodyMax is the limit of a body.
const BodyMax = bodyMax
