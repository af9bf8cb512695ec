package consent

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write the vectors in testdata that the widget's tests read")

// golden holds vectors against their file, which widget/src/consent reads as
// well, so that Go and TypeScript answer alike. With -update it writes the file,
// one vector a line.
func golden[V any](t *testing.T, file string, vectors []V) {
	t.Helper()
	b := []byte("[\n")
	for i, v := range vectors {
		line, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		b = append(b, line...)
		if i < len(vectors)-1 {
			b = append(b, ',')
		}
		b = append(b, '\n')
	}
	b = append(b, "]\n"...)
	if *update {
		if err := os.WriteFile(file, b, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	stored, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(stored, b) {
		t.Errorf("%s is not what the code says; look at the difference that `go test ./server/consent -update` makes", file)
	}
}
