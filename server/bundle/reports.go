package bundle

// reportParts is the file that reports unknown hosts, and tags that the browser
// fetched ahead of the gate.
func reportParts(in Input, server string) []part { return nil }

// reportExtras loads it on report-only sites, where the banner's file does not.
func reportExtras(in Input, server, hash string) []extra { return nil }
