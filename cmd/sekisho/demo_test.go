package main

import "testing"

func TestDemoURL(t *testing.T) {
	for addr, want := range map[string]string{
		"127.0.0.1:8080": "http://127.0.0.1:8080",
		":9000":          "http://127.0.0.1:9000",
		"0.0.0.0:9000":   "http://127.0.0.1:9000",
		"[::]:9000":      "http://127.0.0.1:9000",
		"localhost:9000": "http://127.0.0.1:9000",
		"[::1]:9000":     "http://[::1]:9000",
		"127.0.0.1:80":   "http://127.0.0.1",
		"[::1]:80":       "http://[::1]",
		"192.168.0.7:80": "",
		"shop.example:1": "",
		"127.0.0.1":      "",
		"127.0.0.1:0":    "",
	} {
		got, err := demoURL(addr)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v", addr, got, err)
		}
	}
}
