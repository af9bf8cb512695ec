package operator

import "errors"

// What pages have to tell apart, and may say in another language. Each comes as
// the cause of a fault, whose kind is named here.
var (
	ErrSignedOut   = errors.New("not signed in")               // Forbidden: no session, or one that has ended
	ErrCredentials = errors.New("wrong email or password")     // Forbidden: which of them is never told
	ErrCode        = errors.New("wrong code")                  // Forbidden: of the second factor, or of recovery
	ErrNotAllowed  = errors.New("role does not allow it")      // Forbidden
	ErrStepUp      = errors.New("password needed again")       // Forbidden: StepUp, then try again
	ErrFactorFirst = errors.New("second factor needed first")  // Forbidden: the installation asks all operators for one
	ErrLink        = errors.New("link used, expired or wrong") // NotFound: which of them is never told
	ErrLastOwner   = errors.New("last owner")                  // Conflict
	ErrTaken       = errors.New("email taken")                 // Conflict
	ErrToken       = errors.New("token unknown or expired")    // Forbidden
)
