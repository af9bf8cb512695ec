package console

import (
	"strings"
	"testing"

	"github.com/sekisho/sekisho/server/operator"
)

// TestEverythingHasWords: whatever the audit log, a role, a link or a token can say
// is said in words.
func TestEverythingHasWords(t *testing.T) {
	var keys []string
	for _, a := range operator.Actions() {
		keys = append(keys, "audit.do-"+string(a))
	}
	for _, o := range []operator.Outcome{operator.Done, operator.Refused, operator.Failed} {
		keys = append(keys, "audit.went-"+string(o))
	}
	for _, k := range []operator.ActorKind{operator.ByOperator, operator.ByToken, operator.ByCommand, operator.ByNobody} {
		keys = append(keys, "audit.by-"+string(k))
	}
	for _, c := range auditColumns {
		keys = append(keys, "audit.column-"+c)
	}
	for _, r := range operator.Roles() {
		keys = append(keys, "role."+string(r), "people.may-"+string(r))
	}
	for _, p := range operator.TokenPermissions() {
		keys = append(keys, "token.may-"+string(p))
	}
	for _, l := range []operator.LinkKind{operator.Invitation, operator.Reset} {
		keys = append(keys, "people."+string(l), "issued."+string(l), "mail."+string(l)+"Subject", "mail."+string(l)+"Text")
	}
	for _, key := range append(keys, "people."+string(operator.SetUp)) {
		if words[key] == nil {
			t.Errorf("no text %q", key)
		}
	}
}

func TestCSVCell(t *testing.T) {
	for _, formula := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＠x"} {
		if got := csvCell(formula); got != "'"+formula {
			t.Errorf("%q is %q", formula, got)
		}
	}
	for _, text := range []string{"", "a=1", "店", "'=1", "1-1"} {
		if got := csvCell(text); got != text {
			t.Errorf("%q is %q", text, got)
		}
	}
}

// TestQR: three finders in their corners, with a quiet zone of four modules around.
func TestQR(t *testing.T) {
	code, err := newQR("otpauth://totp/Sekisho:hanako@example.jp?secret=JBSWY3DPEHPK3PXP")
	if err != nil {
		t.Fatal(err)
	}
	if (code.Size-2*quietZone-17)%4 != 0 {
		t.Errorf("%d modules are no size of a QR code", code.Size-2*quietZone)
	}
	for _, corner := range []string{"M4 4h", "M10 10h", "M4 10h"} {
		if !strings.Contains(code.Path, corner) {
			t.Errorf("no %s in %.60s", corner, code.Path)
		}
	}
	for _, outside := range []string{"M3 ", "M0 ", " 3h"} {
		if strings.Contains(code.Path, outside) {
			t.Errorf("%s lies in the quiet zone", outside)
		}
	}
	if _, err := newQR(strings.Repeat("x", 5000)); err == nil {
		t.Error("more than a QR code holds was drawn")
	}
}
