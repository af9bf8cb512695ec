package bundle

// signalExtras are the modules that tell running tags what they may do.
func signalExtras(in Input) []extra { return nil }
