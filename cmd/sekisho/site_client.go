package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/sekisho/sekisho/server/api"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
	"github.com/sekisho/sekisho/server/web"
)

// siteClient changes and reads sites through a running service, which holds the store.
type siteClient struct {
	server string // its address
	token  string
	http   *http.Client
}

// answerTime bounds one request, which the service answers while we wait.
const answerTime = 30 * time.Second

// apply sends a site's file to PUT /v1/sites/{site}. Faults are the service's own.
func (c siteClient) apply(ctx context.Context, key string, file []byte, publish bool) (site.Result, error) {
	var result site.Result
	path := url.PathEscape(key)
	if publish {
		path += "?publish=true"
	}
	err := c.ask(ctx, http.MethodPut, path, file, &result)
	if err == nil && result.Revision == 0 {
		err = c.strange()
	}
	return result, err
}

// shown asks for what is live: GET /v1/sites/{site}.
func (c siteClient) shown(ctx context.Context, key string) (api.Shown, error) {
	var shown api.Shown
	err := c.ask(ctx, http.MethodGet, url.PathEscape(key), nil, &shown)
	if err == nil && shown.Revision == nil {
		err = c.strange()
	}
	return shown, err
}

// reports asks for what pages reported: GET /v1/sites/{site}/reports.
func (c siteClient) reports(ctx context.Context, key string, days int) (api.Reports, error) {
	var reports api.Reports
	err := c.ask(ctx, http.MethodGet, fmt.Sprintf("%s/reports?days=%d", url.PathEscape(key), days), nil, &reports)
	return reports, err
}

// ask sends one request below /v1/sites/ and reads the answer.
func (c siteClient) ask(ctx context.Context, method, path string, body []byte, into any) error {
	address := strings.TrimRight(c.server, "/") + "/v1/sites/" + path
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return fault.New(fault.Invalid, "--server %s: %v", c.server, err)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	response, err := c.http.Do(request)
	if err != nil {
		return fault.New(fault.Unavailable, "%v", err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, 4*site.MaxBytes))
	if err != nil {
		return fault.New(fault.Unavailable, "%s: the answer broke off: %v", address, err)
	}
	if response.StatusCode != http.StatusOK {
		return problem(response, answer)
	}
	if err := json.Unmarshal(answer, into); err != nil {
		return c.strange()
	}
	return nil
}

func (c siteClient) strange() error {
	return fault.New(fault.Unavailable, "%s answers, but not as Sekisho does", c.server)
}

// problem turns an answer back into the fault that it was made from.
func problem(response *http.Response, body []byte) error {
	var p web.Problem
	if err := json.Unmarshal(body, &p); err != nil || p.Title == "" {
		return fault.New(fault.Unavailable, "the service answers %s", response.Status)
	}
	f := &fault.Error{Kind: fault.Internal, Detail: "the service says: " + p.Title, Fields: p.Errors}
	if p.Detail != "" {
		f.Detail += ": " + p.Detail
	}
	for kind := fault.Internal; kind <= fault.Unavailable; kind++ {
		if web.StatusOf(kind) == response.StatusCode {
			f.Kind = kind
		}
	}
	return f
}
