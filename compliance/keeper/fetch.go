package keeper

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/compliance/lists"
)

// Limits of a fetch. The largest published list has 25 MiB unpacked and comes in
// seconds.
const (
	fetchPatience = 2 * time.Minute
	fetchMax      = lists.SizeMax
	redirectsMax  = 5
)

// File is one file of a list.
type File struct {
	Format string
	// Place is a path, or an address that begins with https:// or http://. The file
	// may be packed with gzip.
	Place string
}

// remote reports whether a file is fetched over the network.
func (f File) remote() bool {
	return strings.HasPrefix(f.Place, "https://") || strings.HasPrefix(f.Place, "http://")
}

// Source is a list with the files that make it, and how often they are looked at.
// The first file is the main one, see [lists.Join].
type Source struct {
	Name  string
	Files []File
	Every time.Duration
}

// part is a file as it came.
type part struct {
	format string
	body   []byte
	// tag is what the server calls this state of the file, "" if it does not say.
	tag string
}

// client fetches with limits of its own. It follows few redirects: authorities hand
// their files out through storage services. None may lead away from https, where anybody
// on the way could strike somebody off the list.
func client() *http.Client {
	return &http.Client{
		Timeout: fetchPatience,
		CheckRedirect: func(next *http.Request, via []*http.Request) error {
			switch {
			case len(via) >= redirectsMax:
				return fmt.Errorf("more than %d redirects", redirectsMax)
			case via[0].URL.Scheme == "https" && next.URL.Scheme != "https":
				return errors.New("a redirect from https to " + next.URL.Scheme)
			default:
				return nil
			}
		},
	}
}

// errUnmodified means that a server has nothing newer than the tag it was told.
var errUnmodified = errors.New("not modified")

// fetch returns the files of a source as they are now, nil if their servers say of
// all of them that they are as the tags say.
func (k *Keeper) fetch(ctx context.Context, s Source, tags []string) ([]part, error) {
	parts := make([]part, len(s.Files))
	unmodified := 0
	for i, file := range s.Files {
		tag := ""
		if i < len(tags) && unmodified == i {
			tag = tags[i]
		}
		p, err := k.read(ctx, file, tag)
		if errors.Is(err, errUnmodified) {
			unmodified++
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("keeper: %s: %w", s.Name, err)
		}
		parts[i] = p
	}
	switch unmodified {
	case 0:
		return parts, nil
	case len(parts):
		return nil, nil
	default:
		return k.fetch(ctx, s, nil)
	}
}

func (k *Keeper) read(ctx context.Context, f File, tag string) (part, error) {
	if f.remote() {
		return k.get(ctx, f, tag)
	}
	file, err := os.Open(f.Place)
	if err != nil {
		return part{}, err
	}
	defer file.Close()
	body, err := bounded(file)
	return part{format: f.Format, body: body}, err
}

func (k *Keeper) get(ctx context.Context, f File, tag string) (part, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, f.Place, http.NoBody)
	if err != nil {
		return part{}, err
	}
	if tag != "" {
		request.Header.Set("If-None-Match", tag)
	}
	response, err := k.client.Do(request)
	if err != nil {
		return part{}, err
	}
	defer response.Body.Close()
	switch {
	case response.StatusCode == http.StatusNotModified && tag != "":
		return part{}, errUnmodified
	case response.StatusCode != http.StatusOK:
		return part{}, fmt.Errorf("the server answers %s", response.Status)
	}
	body, err := bounded(response.Body)
	return part{format: f.Format, body: body, tag: response.Header.Get("ETag")}, err
}

// bounded reads everything, up to the limit.
func bounded(reader io.Reader) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(reader, fetchMax+1))
	if err != nil {
		return nil, err
	}
	if len(body) > fetchMax {
		return nil, fmt.Errorf("larger than %d bytes", fetchMax)
	}
	return body, nil
}

// same reports whether files make the list that is there.
func same(list lists.List, parts []part) bool {
	readers := make([]io.Reader, len(parts))
	for i, p := range parts {
		reader, err := lists.Unpacked(bytes.NewReader(p.body))
		if err != nil {
			return false
		}
		readers[i] = reader
	}
	version, err := lists.Version(readers...)
	return err == nil && version == list.Version
}

// parse makes a list of its files.
func parse(name string, parts []part) (lists.List, error) {
	var all []lists.List
	for _, p := range parts {
		reader, err := lists.Unpacked(bytes.NewReader(p.body))
		if err != nil {
			return lists.List{}, err
		}
		list, err := lists.Read(name, p.format, reader)
		if err != nil {
			return lists.List{}, err
		}
		all = append(all, list)
	}
	if len(all) == 0 {
		return lists.List{}, fmt.Errorf("%w: %s has no files", lists.ErrList, name)
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return lists.Join(all[0], all[1:]...)
}
