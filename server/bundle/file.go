package bundle

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"

	"github.com/andybalholm/brotli"

	"github.com/sekisho/sekisho/server/fault"
)

// File is one file as it is served, in each encoding.
type File struct {
	ContentType string
	// Tag is the hash of the content; with the encoding it makes the strong ETag.
	Tag                    string
	Identity, Gzip, Brotli []byte
}

// ETag returns the strong entity tag of an encoding: "br", "gzip" or "". The
// encodings differ in their bytes and so in their tags (RFC 9110, 8.8.3.3).
func (f *File) ETag(encoding string) string {
	if encoding == "" {
		return `"` + f.Tag + `"`
	}
	return `"` + f.Tag + "-" + encoding + `"`
}

// compile fills f with the result of a job.
func (f *File) compile(ctx context.Context, widget fs.FS, j job) error {
	if err := ctx.Err(); err != nil {
		return fault.Wrap(fault.Unavailable, err, "given up")
	}
	js, err := j.run(widget)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(js)
	f.ContentType = "text/javascript; charset=utf-8"
	f.Tag = hex.EncodeToString(sum[:16])
	f.Identity = js
	f.Gzip = compress(js, func(w io.Writer) io.WriteCloser {
		gz, err := gzip.NewWriterLevel(w, gzip.BestCompression)
		if err != nil { // only for a level that does not exist
			panic(err)
		}
		return gz
	})
	f.Brotli = compress(js, func(w io.Writer) io.WriteCloser { return brotli.NewWriterLevel(w, brotli.BestCompression) })
	return nil
}

func compress(data []byte, writer func(io.Writer) io.WriteCloser) []byte {
	var b bytes.Buffer
	w := writer(&b)
	_, err := w.Write(data)
	if err == nil {
		err = w.Close()
	}
	if err != nil { // a bytes.Buffer takes everything
		panic(err)
	}
	return b.Bytes()
}
