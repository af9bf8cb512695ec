package mail

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/http/httptest"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"github.com/sekisho/sekisho/server/fault"
)

// taken is what a server was given.
type taken struct{ from, to, auth, data string }

// postOffice is a small SMTP server (RFC 5321) on a port of its own. It announces
// what is said, takes each mail, and hands it over once its connection has ended.
func postOffice(t *testing.T, config *tls.Config, announces ...string) (port string, mails <-chan taken) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if config != nil {
		l = tls.NewListener(l, config)
	}
	t.Cleanup(func() { l.Close() })
	out := make(chan taken, 8)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			out <- converse(c, announces)
		}
	}()
	_, port, err = net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port, out
}

func converse(c net.Conn, announces []string) (m taken) {
	defer c.Close()
	r := bufio.NewReader(c)
	say := func(s string) { _, _ = io.WriteString(c, s+"\r\n") }
	say("220 post.example ESMTP")
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return m
		}
		line = strings.TrimSpace(line)
		verb, rest, _ := strings.Cut(line, " ")
		switch strings.ToUpper(verb) {
		case "EHLO":
			say("250-post.example")
			for _, a := range announces {
				say("250-" + a)
			}
			say("250 8BITMIME")
		case "AUTH":
			m.auth = rest
			say("235 welcome")
		case "MAIL":
			m.from = rest
			say("250 yes")
		case "RCPT":
			m.to = rest
			say("250 yes")
		case "DATA":
			say("354 go on")
			var b strings.Builder
			for {
				line, err := r.ReadString('\n')
				if err != nil || line == ".\r\n" {
					break
				}
				b.WriteString(line)
			}
			m.data = b.String()
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return m
		default:
			say("250 yes")
		}
	}
}

func send(t *testing.T, s *Sender) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	return s.Send(ctx, "hanako@example.jp", "担当者として招待されました", "次のリンクを開いてください。\n\nhttps://consent.example.jp/console/link/abc\n")
}

func TestSend(t *testing.T) {
	port, mails := postOffice(t, nil)
	s, err := New("smtp://127.0.0.1:"+port+"?tls=none", "関所 <sekisho@example.jp>")
	if err != nil {
		t.Fatal(err)
	}
	if err := send(t, s); err != nil {
		t.Fatal(err)
	}
	got := <-mails
	if !strings.HasPrefix(got.from, "FROM:<sekisho@example.jp>") || !strings.HasPrefix(got.to, "TO:<hanako@example.jp>") || got.auth != "" {
		t.Errorf("%+v", got)
	}
	m, err := netmail.ReadMessage(strings.NewReader(got.data))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != "担当者として招待されました" {
		t.Errorf("%q, %v", subject, err)
	}
	text, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil || !strings.Contains(strings.ReplaceAll(string(text), "\r\n", "\n"), "開いてください。\n\nhttps://consent.example.jp/console/link/abc\n") {
		t.Errorf("%s, %v", text, err)
	}
	if m.Header.Get("Date") == "" || m.Header.Get("Message-ID") == "" || m.Header.Get("Content-Type") != "text/plain; charset=UTF-8" || m.Header.Get("User-Agent") != "" {
		t.Errorf("%v", m.Header)
	}
	for _, to := range []string{"", "a@b.example\r\nBcc: c@d.example", "nobody"} {
		if err := s.Send(t.Context(), to, "x", "y"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("to %q: %v", to, err)
		}
	}
}

// TestNothingIsSaidInTheClear: a server that offers no TLS is given nothing, unless
// the URL says that there is none.
func TestNothingIsSaidInTheClear(t *testing.T) {
	port, mails := postOffice(t, nil)
	s, err := New("smtp://127.0.0.1:"+port, "sekisho@example.jp")
	if err != nil {
		t.Fatal(err)
	}
	if err := send(t, s); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("sent to a server without TLS: %v", err)
	}
	if got := <-mails; got != (taken{}) {
		t.Errorf("said %+v", got)
	}
}

// TestTLS: a certificate that nobody trusts is refused, before anything is said; to
// a server that is trusted the password goes.
func TestTLS(t *testing.T) {
	web := httptest.NewUnstartedServer(nil)
	web.StartTLS() // for its certificate, of 127.0.0.1
	defer web.Close()
	port, mails := postOffice(t, &tls.Config{Certificates: web.TLS.Certificates}, "AUTH PLAIN")
	s, err := New("smtps://post%40example.jp:secret@127.0.0.1:"+port, "sekisho@example.jp")
	if err != nil {
		t.Fatal(err)
	}
	if err := send(t, s); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("sent to a server that nobody trusts: %v", err)
	}
	if got := <-mails; got != (taken{}) {
		t.Errorf("said %+v", got)
	}
	s.tls = &tls.Config{RootCAs: x509.NewCertPool(), ServerName: "127.0.0.1"}
	s.tls.RootCAs.AddCert(web.Certificate())
	if err := send(t, s); err != nil {
		t.Fatal(err)
	}
	if got := <-mails; got.auth != "PLAIN "+base64.StdEncoding.EncodeToString([]byte("\x00post@example.jp\x00secret")) || got.data == "" {
		t.Errorf("%+v", got)
	}
}

func TestNobodyAnswers(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	s, err := New("smtp://"+address, "sekisho@example.jp")
	if err != nil {
		t.Fatal(err)
	}
	if err := send(t, s); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("%v", err)
	}
}

func TestSettings(t *testing.T) {
	for server, ok := range map[string]bool{
		"smtp://mail.example.jp": true, "smtp://mail.example.jp:2525": true, "smtps://u:p@mail.example.jp": true, "smtp://localhost:25?tls=none": true,
		"": false, "mail.example.jp": false, "http://mail.example.jp": false, "smtp://": false, "smtp://mail.example.jp/x": false, "smtp://mail.example.jp:0": false,
		"smtps://mail.example.jp?tls=none": false, "smtp://mail.example.jp?tls=maybe": false, "smtp://u:swordfish@mail.example.jp?tls=none": false,
	} {
		_, err := New(server, "sekisho@example.jp")
		if (err == nil) != ok {
			t.Errorf("%q: %v", server, err)
		}
		if err != nil && (fault.KindOf(err) != fault.Invalid || strings.Contains(err.Error(), "swordfish")) {
			t.Errorf("%q: %v", server, err)
		}
	}
	if _, err := New("smtp://mail.example.jp", "nobody"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("from nobody: %v", err)
	}
}
