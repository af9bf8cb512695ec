package operator

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/sekisho/sekisho/server/fault"
)

// What a new password must have (ASVS 5.0, 6.2): length and not much else. It
// is taken as it was typed, and never has to be changed for its age.
const (
	MinPassword = 12  // characters
	MaxPassword = 128 // characters
	// leastOwn is how many characters must be left when what anybody would
	// guess (email, name, product) is taken out.
	leastOwn = 8
	// leastDistinct is how many different characters there must be.
	leastDistinct = 5
)

// passwordFault says why a password will not do; nil when it will. known is
// what anybody may know of the operator.
func passwordFault(path, password string, known ...string) []fault.Field {
	refuse := func(reason, ja string) []fault.Field {
		return []fault.Field{{Path: path, Reason: reason, ReasonJa: ja}}
	}
	switch n := utf8.RuneCountInString(password); {
	case !utf8.ValidString(password):
		return refuse("must be text", "文字を入力してください")
	case n < MinPassword:
		return refuse("must have at least 12 characters; several words in a row are fine", "12文字以上にしてください。いくつかの単語をつなげたものでもかまいません")
	case n > MaxPassword:
		return refuse("must have at most 128 characters", "128文字以内にしてください")
	}
	lower := strings.ToLower(password)
	distinct := map[rune]bool{}
	for _, r := range lower {
		distinct[r] = true
	}
	own := lower
	for _, word := range append(known, "sekisho", "関所", "password", "パスワード") {
		for _, part := range append(strings.FieldsFunc(strings.ToLower(word), func(r rune) bool { return strings.ContainsRune("@.-_+ 　", r) }), strings.ToLower(word)) {
			if utf8.RuneCountInString(part) >= 3 {
				own = strings.ReplaceAll(own, part, "")
			}
		}
	}
	switch {
	case len(distinct) < leastDistinct || guessable(lower):
		return refuse("is one of the first that would be tried; choose another", "推測されやすいパスワードです。別のものにしてください")
	case utf8.RuneCountInString(own) < leastOwn:
		return refuse("says too much of what is known about you; choose another", "メールアドレスや名前から推測されやすいパスワードです。別のものにしてください")
	}
	return nil
}

// StepUp gives the password once more, for what needs one given lately. The
// session goes on under a new token.
//
// Faults: Forbidden with ErrSignedOut or ErrCredentials, Throttled.
func (o *Operators) StepUp(ctx context.Context, token, password, from string) (Admission, error) {
	s, rec, err := o.confirm(ctx, token, password, from, ActStepUp)
	if err != nil {
		return Admission{}, err
	}
	s.PasswordAt = o.now().UTC()
	s.SeenAt = s.PasswordAt
	a, err := o.renew(ctx, rec, s)
	if err != nil {
		return Admission{}, err
	}
	a.Identity.From = from
	return a, o.Note(ctx, a.Identity, Act{Action: ActStepUp})
}

// confirm checks the password of whoever has a session, counting it as SignIn does.
func (o *Operators) confirm(ctx context.Context, token, password, from string, act Action) (Session, Record, error) {
	s, rec, err := o.open(ctx, token)
	if err != nil {
		return s, rec, err
	}
	if err := o.countPassword(ctx, rec.Email, from); err != nil {
		return s, rec, err
	}
	right, _, err := o.hasher.verify(ctx, rec.Password, password)
	if err != nil {
		return s, rec, err
	}
	if !right {
		i := o.identity(rec, s)
		i.From = from
		if err := o.refuse(ctx, i, act, rec.ID); err != nil {
			return s, rec, err
		}
		return s, rec, wrongCredentials()
	}
	return s, rec, o.forgetPassword(ctx, rec.Email, from)
}

// rehash keeps a password under the parameters of today.
func (o *Operators) rehash(ctx context.Context, rec Record, password string) error {
	kept, err := o.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	return o.change(ctx, func(w *work) error {
		now, err := w.byID(rec.ID)
		if err != nil || now.Password != rec.Password {
			return wrongCredentials()
		}
		now.Password = kept
		w.put(now)
		return nil
	})
}

// ChangePassword sets a new password. All other sessions of the operator end,
// and links to reset it; this one goes on under a new token.
//
// Faults: Forbidden with ErrSignedOut or ErrCredentials, Invalid for "/password", Throttled.
func (o *Operators) ChangePassword(ctx context.Context, token, current, password, from string) (Admission, error) {
	s, rec, err := o.confirm(ctx, token, current, from, ActChangePassword)
	if err != nil {
		return Admission{}, err
	}
	if err := fault.InvalidFields("the password", passwordFault("/password", password, rec.Email, rec.Name)); err != nil {
		return Admission{}, err
	}
	kept, err := o.hasher.hash(ctx, password)
	if err != nil {
		return Admission{}, err
	}
	by := o.identity(rec, s)
	by.From = from
	return o.elevate(ctx, by, s, Act{Action: ActChangePassword}, func(w *work, now *Record) error {
		if now.Password != rec.Password {
			return wrongCredentials()
		}
		now.Password = kept
		w.removeLinks(func(l Link) bool { return l.Operator == now.ID })
		return nil
	})
}

// elevate changes what an operator signs in with: all sessions end but this
// one, which goes on under a new token.
func (o *Operators) elevate(ctx context.Context, by Identity, s Session, act Act, edit func(*work, *Record) error) (Admission, error) {
	var rec Record
	err := o.change(ctx, func(w *work) (err error) {
		if rec, err = w.self(by); err != nil {
			return err
		}
		if err := edit(w, &rec); err != nil {
			return err
		}
		rec.Epoch++
		w.put(rec)
		w.note(by, act)
		return nil
	})
	if err != nil {
		return Admission{}, err
	}
	now := o.now().UTC()
	s.Epoch, s.PasswordAt, s.SeenAt = rec.Epoch, now, now
	a, err := o.renew(ctx, rec, s)
	a.Identity.From = by.From
	return a, err
}
