// Package mail hands mail to an SMTP server.
package mail

import (
	"context"
	"crypto/tls"
	"net"
	"net/mail"
	"net/url"
	"strconv"

	"github.com/sekisho/sekisho/server/fault"
	gomail "github.com/wneessen/go-mail"
)

// Sender sends mail through one server. Each mail has a connection of its own:
// there are few.
type Sender struct {
	host, from     string
	port           int
	user, password string
	security       security
	tls            *tls.Config // nil for what the system trusts
}

// security is how the connection is kept from being read.
type security uint8

const (
	startTLS security = iota // demanded before anything is said (RFC 3207)
	implicit                 // from the first byte (RFC 8314)
	none                     // for a server on the same machine
)

// New returns the sender of a server: smtp://[user:password@]host[:port], where
// STARTTLS is demanded unless ?tls=none says that there is none, or smtps://…. from
// is the address that mails come from, which may have a name: Sekisho <sekisho@example.jp>.
//
// Faults: Invalid for a URL or an address that is none, and for a password that
// would be sent in the clear; the URL is not repeated, since it may hold one.
func New(server, from string) (*Sender, error) {
	u, err := url.Parse(server)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Path != "" && u.Path != "/" {
		return nil, fault.New(fault.Invalid, "the mail server's URL is like smtp://user:password@mail.example.jp:587 or smtps://…")
	}
	s := &Sender{host: u.Hostname(), from: from, port: 587, user: u.User.Username()}
	s.password, _ = u.User.Password()
	if u.Scheme == "smtps" {
		s.security, s.port = implicit, 465
	}
	if p := u.Port(); p != "" {
		if s.port, err = strconv.Atoi(p); err != nil || s.port < 1 || s.port > 65535 {
			return nil, fault.New(fault.Invalid, "the mail server's port is a number from 1 to 65535")
		}
	}
	switch q := u.RawQuery; {
	case q == "tls=none" && u.Scheme == "smtp":
		s.security = none
	case q != "":
		return nil, fault.New(fault.Invalid, "of a mail server's URL nothing may be asked but smtp://…?tls=none")
	}
	if s.security == none && u.User != nil {
		return nil, fault.New(fault.Invalid, "a mail server without TLS is given no password: anybody on the way could read it")
	}
	if _, err := mail.ParseAddress(from); err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "%q is no address for mails to come from", from)
	}
	return s, nil
}

// Send hands a text to the server. Unavailable when that did not take it before
// ctx ended; Invalid for an address that is none.
func (s *Sender) Send(ctx context.Context, to, subject, text string) error {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := m.From(s.from); err != nil {
		return fault.Wrap(fault.Invalid, err, "no address for mails to come from")
	}
	if err := m.To(to); err != nil {
		return fault.Wrap(fault.Invalid, err, "no address for mails to go to")
	}
	m.Subject(subject)
	m.SetDate()
	m.SetMessageID()
	m.SetBodyString(gomail.TypeTextPlain, text)
	var line net.Conn
	client, err := s.client(&line)
	if err != nil {
		return fault.Wrap(fault.Internal, err, "the mail server's settings do not fit together")
	}
	// The client leaves the connection open to a server that it then finds wanting.
	defer func() {
		if line != nil {
			line.Close()
		}
	}()
	if err := client.DialAndSendWithContext(ctx, m); err != nil {
		return fault.Wrap(fault.Unavailable, err, "the mail server did not take the mail")
	}
	return nil
}

// client returns what speaks to the server, and leaves a connection in line that
// it dialled without TLS.
func (s *Sender) client(line *net.Conn) (*gomail.Client, error) {
	options := []gomail.Option{gomail.WithPort(s.port)}
	switch s.security {
	case implicit:
		options = append(options, gomail.WithSSL())
	case startTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case none:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if s.security != implicit {
		options = append(options, gomail.WithDialContextFunc(func(ctx context.Context, network, address string) (_ net.Conn, err error) {
			*line, err = new(net.Dialer).DialContext(ctx, network, address)
			return *line, err
		}))
	}
	if s.user != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.user), gomail.WithPassword(s.password))
	}
	if s.tls != nil {
		options = append(options, gomail.WithTLSConfig(s.tls))
	}
	return gomail.NewClient(s.host, options...)
}
