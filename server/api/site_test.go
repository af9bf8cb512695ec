package api

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sekisho/sekisho/server/operator"
)

func TestApplySite(t *testing.T) {
	const file = `{"key":"shop","name":{"ja":"例の店"},"origins":[],"languages":["ja"],"vendors":[],"notice":{},"theme":{}}`
	bearer := []string{"Authorization", "Bearer " + token}
	for name, tc := range map[string]struct {
		path, body string
		headers    []string
		status     int
	}{
		"applied":          {"/v1/sites/shop", file, bearer, 200},
		"published":        {"/v1/sites/shop?publish=true", file, bearer, 200},
		"no token":         {"/v1/sites/shop", file, nil, 403},
		"wrong token":      {"/v1/sites/shop", file, []string{"Authorization", "Bearer " + token + "x"}, 403},
		"empty token":      {"/v1/sites/shop", file, []string{"Authorization", "Bearer "}, 403},
		"other scheme":     {"/v1/sites/shop", file, []string{"Authorization", "Basic " + token}, 403},
		"token in a query": {"/v1/sites/shop?token=" + token, file, nil, 403},
		"other key":        {"/v1/sites/other", file, bearer, 422},
		"bad word":         {"/v1/sites/shop?publish=yes", file, bearer, 400},
		"no JSON":          {"/v1/sites/shop", "{", bearer, 400},
		"unknown key":      {"/v1/sites/shop", `{"key":"shop","kee":1}`, bearer, 422},
		"against a rule":   {"/v1/sites/shop", `{"key":"shop"}`, bearer, 422},
		"text":             {"/v1/sites/shop", file, append([]string{"Content-Type", "text/plain"}, bearer...), 415},
		"gzip":             {"/v1/sites/shop", file, append([]string{"Content-Encoding", "gzip"}, bearer...), 415},
		"too large":        {"/v1/sites/shop", `{"key":"` + strings.Repeat("x", 2<<20) + `"}`, bearer, 413},
	} {
		t.Run(name, func(t *testing.T) {
			v := newEnv(t)
			w := v.do("PUT", tc.path, tc.body, tc.headers...)
			if w.Code != tc.status || (len(v.editor.applied) > 0) != (tc.status == 200) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			if v.editor.options.Publish != (name == "published") {
				t.Errorf("options %+v", v.editor.options)
			}
			var noted []operator.Action
			for _, a := range v.operators.acts {
				noted = append(noted, a.Action)
			}
			want := map[string][]operator.Action{"applied": {operator.ActCreateSite}, "published": {operator.ActCreateSite, operator.ActPublish}}[name]
			if !slices.Equal(noted, want) {
				t.Errorf("noted %v, want %v", noted, want)
			}
			if strings.Contains(w.Body.String(), token) {
				t.Error("the answer repeats the token")
			}
		})
	}
}

func TestShowSite(t *testing.T) {
	v := newEnv(t)
	w := v.do("GET", "/v1/sites/shop", "", "Authorization", "Bearer "+token)
	var shown Shown
	if err := json.Unmarshal(w.Body.Bytes(), &shown); err != nil || w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if shown.Revision.Number != 2 || shown.PublishedAt.Format(time.DateOnly) != "2026-11-20" {
		t.Errorf("revision %d of %s", shown.Revision.Number, shown.PublishedAt)
	}
	if w := v.do("GET", "/v1/sites/shop", ""); w.Code != 403 {
		t.Errorf("without the token: %d", w.Code)
	}
}

func TestNoTokenConfiguredMeansNobody(t *testing.T) {
	for _, weak := range []string{"", "short"} {
		v := newEnv(t)
		v.api.Token = weak
		if w := v.do("PUT", "/v1/sites/shop", "{}", "Authorization", "Bearer "+weak); w.Code != 403 {
			t.Errorf("token %q: %d", weak, w.Code)
		}
	}
}
