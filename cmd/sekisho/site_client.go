package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
	"github.com/sekisho/sekisho/server/web"
)

// siteClient changes sites through a running service, which holds the store.
type siteClient struct {
	server string // its address
	token  string
	http   *http.Client
}

// answerTime bounds one change, which the service makes while we wait.
const answerTime = 30 * time.Second

// apply sends a site's file to PUT /v1/sites/{site}. Faults are the service's own.
func (c siteClient) apply(ctx context.Context, key string, file []byte, publish bool) (site.Result, error) {
	var result site.Result
	address := strings.TrimRight(c.server, "/") + "/v1/sites/" + url.PathEscape(key)
	if publish {
		address += "?publish=true"
	}
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPut, address, bytes.NewReader(file))
	if err != nil {
		return result, fault.New(fault.Invalid, "--server %s: %v", c.server, err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+c.token)
	response, err := c.http.Do(request)
	if err != nil {
		return result, fault.New(fault.Unavailable, "%v", err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 4*site.MaxBytes))
	if err != nil {
		return result, fault.New(fault.Unavailable, "%s: the answer broke off: %v", address, err)
	}
	if response.StatusCode != http.StatusOK {
		return result, problem(response, body)
	}
	if err := json.Unmarshal(body, &result); err != nil || result.Revision == 0 {
		return result, fault.New(fault.Unavailable, "%s answers, but not as Sekisho does", c.server)
	}
	return result, nil
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
