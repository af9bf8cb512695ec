package consent

// Durability is what a store knows about how safely it keeps a decision that
// it has acknowledged, for the start of the service, /readyz and the console.
type Durability struct {
	// Known is false when the store could not find out, for want of a
	// permission; then an operator has to vouch for it.
	Known bool `json:"known"`
	// Settings are what was found, by the store's own names.
	Settings map[string]string `json:"settings"`
	// Problems are sentences for an operator, each with the way out; none when
	// an acknowledged decision survives the sudden end of any process.
	Problems []string `json:"problems"`
}
