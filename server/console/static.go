package console

import _ "embed" // for the files below

var (
	//go:embed console.css
	styleText []byte
	//go:embed console.js
	scriptText []byte
	//go:embed sample.css
	sampleText []byte
	//go:embed icon.svg
	iconText []byte
)
