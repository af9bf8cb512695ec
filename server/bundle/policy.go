package bundle

// policyExtras is what pages need that carry a content security policy: a choice
// is told to it, and applied by loading the page anew.
func policyExtras(in Input) []extra { return nil }
