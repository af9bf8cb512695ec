package consent

// Has reports whether index i is in the set; a negative index never is.
func (b Bits) Has(i int) bool {
	return i >= 0 && i/8 < len(b) && b[i/8]>>(i%8)&1 == 1
}

// Set returns the set with index i added. It may write into b's own array, as
// append does. i must not be negative.
func (b Bits) Set(i int) Bits {
	for len(b) <= i/8 {
		b = append(b, 0)
	}
	b[i/8] |= 1 << (i % 8)
	return b
}

// Or returns the union of both sets, in an array of its own.
func (b Bits) Or(other Bits) Bits {
	long, short := b, other
	if len(long) < len(short) {
		long, short = short, long
	}
	union := make(Bits, len(long))
	copy(union, long)
	for i, bits := range short {
		union[i] |= bits
	}
	return union
}

// Subset reports whether every index of b is in other too.
func (b Bits) Subset(other Bits) bool {
	for i, bits := range b {
		if i < len(other) {
			bits &^= other[i]
		}
		if bits != 0 {
			return false
		}
	}
	return true
}

// Trim returns the set without trailing zero bytes, which is its one true
// form: nil when it is empty.
func (b Bits) Trim() Bits {
	for len(b) > 0 && b[len(b)-1] == 0 {
		b = b[:len(b)-1]
	}
	if len(b) == 0 {
		return nil
	}
	return b
}

// Indices yields the indices in the set, lowest first.
func (b Bits) Indices(yield func(int) bool) {
	for at, bits := range b {
		for i := range 8 {
			if bits>>i&1 == 1 && !yield(at*8+i) {
				return
			}
		}
	}
}
