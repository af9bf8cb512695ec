package mark

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// BenchmarkRewrite: a page of a shop, with a vendor's tag in about 1 of 20;
// beside it what reading its tokens costs, which nobody can save.
func BenchmarkRewrite(b *testing.B) {
	for name, vendors := range map[string]*Marker{"tags": testMarker(), "none": New(nil)} {
		b.Run(name, func(b *testing.B) {
			page := shop()
			b.SetBytes(int64(len(page)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := vendors.Rewrite(io.Discard, strings.NewReader(page)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("tokenizer", func(b *testing.B) {
		page := shop()
		b.SetBytes(int64(len(page)))
		b.ReportAllocs()
		for b.Loop() {
			for z := html.NewTokenizer(strings.NewReader(page)); z.Next() != html.ErrorToken; {
			}
		}
	})
}

// shop is a page of about 200 kB.
func shop() string {
	var s strings.Builder
	s.WriteString(`<!DOCTYPE html><html lang="ja"><head><meta charset="utf-8"><title>例の店</title><link rel="stylesheet" href="/style.css">`)
	for i := range 400 {
		fmt.Fprintf(&s, `<article class="item" id="item-%d"><a href="/items/%d"><img src="/images/%d.jpg" alt="商品 %d" width="320" height="240" loading="lazy"></a>
<h2>商品の名前 %d</h2><p class="price">税込 %d 円</p><p>商品の説明がここに入ります。素材は綿、色は藍、大きさは三つあります。</p></article>`, i, i, i, i, i, i*110)
		if i%20 == 0 {
			fmt.Fprintf(&s, `<script async src="https://a.example/%d.js"></script><noscript><img src="https://b.example/%d.gif"></noscript><script>window.queue = window.queue || []; queue.push(%d);</script>`, i, i, i)
		}
	}
	return s.String()
}
