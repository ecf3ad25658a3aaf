package client

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"unicode/utf16"
)

// plistValue is a value of a property list: a dictionary, an array, or a string
// or an integer as its text. The text of any other value is "".
type plistValue struct {
	line  int // of XML; 0 in a binary list, which has none
	text  string
	dict  map[string]*plistValue
	array []*plistValue
}

// get returns what a dictionary holds under key; nil if that is nothing, or if v
// is no dictionary.
func (v *plistValue) get(key string) *plistValue {
	if v == nil {
		return nil
	}
	return v.dict[key]
}

// string returns the text that a dictionary holds under key, or "".
func (v *plistValue) string(key string) string {
	if value := v.get(key); value != nil {
		return value.text
	}
	return ""
}

// binaryPlist is how binary property lists begin.
var binaryPlist = []byte("bplist0")

// readPlist reads a property list in XML or binary.
func readPlist(data []byte) (*plistValue, error) {
	if bytes.HasPrefix(data, binaryPlist) {
		return readBinaryPlist(data)
	}
	root, err := readXML(data)
	if err != nil {
		return nil, err
	}
	list := root.child("plist")
	if list == nil {
		return nil, &Error{Line: 1, Problem: "it is no property list: its first element is not plist"}
	}
	if len(list.children) != 1 {
		return nil, &Error{list.line, "plist", "holds no value, or more than one"}
	}
	return xmlPlist(list.children[0])
}

// xmlPlist returns the value that an element of a property list in XML is.
func xmlPlist(e *xmlElement) (*plistValue, error) {
	v := &plistValue{line: e.line}
	switch e.name {
	case "string", "integer":
		v.text = e.text
	case "array":
		for _, child := range e.children {
			item, err := xmlPlist(child)
			if err != nil {
				return nil, err
			}
			v.array = append(v.array, item)
		}
	case "dict":
		v.dict = make(map[string]*plistValue)
		for i := 0; i < len(e.children); i += 2 {
			key := e.children[i]
			if key.name != "key" {
				return nil, &Error{key.line, key.name, "stands in a dict where a key belongs"}
			}
			if i+1 == len(e.children) {
				return nil, &Error{key.line, key.text, "is a key without a value"}
			}
			value, err := xmlPlist(e.children[i+1])
			if err != nil {
				return nil, err
			}
			v.dict[key.text] = value
		}
	}
	return v, nil
}

// errBinaryPlist is of a binary list that does not hold together.
var errBinaryPlist = &Error{Problem: "it is a binary property list, and damaged"}

// binaryPlistReader reads a binary property list, version 00, as Apple's
// CFBinaryPList.c describes it: objects, a table of their offsets, and a trailer.
// Objects name each other by their numbers in the table.
type binaryPlistReader struct {
	objects []byte // up to the table, so that offsets are those of the file
	offsets []byte // the table
	// The octets of an offset in the table and of a number in an object.
	offsetSize, numberSize int
	// read are the objects by their numbers; nil while one is being read.
	read map[uint64]*plistValue
	// left is how many octets objects may still have. As they do not share
	// octets, and each is read once, all of them have those of the file.
	left int
}

func readBinaryPlist(data []byte) (*plistValue, error) {
	const header, trailer = 8, 32
	if len(data) < header+trailer {
		return nil, errBinaryPlist
	}
	// The trailer has 6 octets that do not matter, both sizes, how many objects
	// there are, the number of the topmost one, and where the table begins.
	body, end := data[:len(data)-trailer], data[len(data)-trailer:]
	count, top, table := binary.BigEndian.Uint64(end[8:]), binary.BigEndian.Uint64(end[16:]), binary.BigEndian.Uint64(end[24:])
	r := binaryPlistReader{offsetSize: int(end[6]), numberSize: int(end[7]), read: make(map[uint64]*plistValue)}
	if r.offsetSize < 1 || r.offsetSize > 8 || r.numberSize < 1 || r.numberSize > 8 || table < header || table > uint64(len(body)) {
		return nil, errBinaryPlist
	}
	r.objects, r.offsets = body[:table:table], body[table:]
	r.left = len(r.objects) - header
	if count > uint64(len(r.offsets)/r.offsetSize) {
		return nil, errBinaryPlist
	}
	r.offsets = r.offsets[:int(count)*r.offsetSize]
	v, ok := r.object(top, 0)
	if !ok {
		return nil, errBinaryPlist
	}
	return v, nil
}

// number reads an unsigned integer of at most 8 octets.
func number(b []byte) uint64 {
	var n uint64
	for _, octet := range b {
		n = n<<8 | uint64(octet)
	}
	return n
}

// The kinds of objects that matter; they are the first half of an octet.
const (
	plistInteger = 0x1
	plistASCII   = 0x5
	plistUTF16   = 0x6
	plistArray   = 0xa
	plistDict    = 0xd
)

// object returns the nth object. It reports false where it is damaged, holds
// itself, or holds others too deep.
func (r *binaryPlistReader) object(n uint64, depth int) (*plistValue, bool) {
	if v, again := r.read[n]; again {
		return v, v != nil
	}
	if n >= uint64(len(r.offsets)/r.offsetSize) || depth > maxXMLDepth {
		return nil, false
	}
	offset := number(r.offsets[int(n)*r.offsetSize:][:r.offsetSize])
	if offset >= uint64(len(r.objects)) {
		return nil, false
	}
	r.read[n] = nil
	v, ok := r.value(r.objects[offset:], depth)
	if ok {
		r.read[n] = v
	}
	return v, ok
}

// value reads the object with which b begins.
func (r *binaryPlistReader) value(b []byte, depth int) (*plistValue, bool) {
	kind := b[0] >> 4
	v := new(plistValue)
	if kind == plistInteger {
		n, _, ok := integerOf(b)
		v.text = strconv.FormatInt(n, 10)
		return v, ok
	}
	size := map[byte]int{plistASCII: 1, plistUTF16: 2, plistArray: r.numberSize, plistDict: 2 * r.numberSize}[kind]
	if size == 0 {
		return v, true // a value that does not matter
	}
	count, b := int64(b[0]&0xf), b[1:]
	if count == 0xf { // it stands behind, as an integer
		var ok bool
		if count, b, ok = integerOf(b); !ok {
			return nil, false
		}
	}
	if count < 0 || count > int64(min(len(b), r.left)/size) {
		return nil, false
	}
	b = b[:int(count)*size]
	r.left -= len(b)
	switch kind {
	case plistASCII:
		v.text = string(b)
	case plistUTF16:
		var units []uint16
		for ; len(b) > 0; b = b[2:] {
			units = append(units, binary.BigEndian.Uint16(b))
		}
		v.text = string(utf16.Decode(units))
	case plistArray:
		var ok bool
		v.array, ok = r.list(b, depth)
		return v, ok
	case plistDict: // the keys, and then the values
		all, ok := r.list(b, depth)
		if !ok {
			return nil, false
		}
		v.dict = make(map[string]*plistValue)
		for i, key := range all[:count] {
			v.dict[key.text] = all[int(count)+i]
		}
	}
	return v, true
}

// list returns the objects whose numbers are in b.
func (r *binaryPlistReader) list(b []byte, depth int) ([]*plistValue, bool) {
	var list []*plistValue
	for ; len(b) > 0; b = b[r.numberSize:] {
		v, ok := r.object(number(b[:r.numberSize]), depth+1)
		if !ok {
			return nil, false
		}
		list = append(list, v)
	}
	return list, true
}

// integerOf takes an integer of at most 8 octets from b.
func integerOf(b []byte) (n int64, rest []byte, ok bool) {
	if len(b) == 0 || b[0]>>4 != plistInteger || b[0]&0xf > 3 {
		return 0, nil, false
	}
	size := 1 << (b[0] & 0xf)
	if len(b) < 1+size {
		return 0, nil, false
	}
	return int64(number(b[1 : 1+size])), b[1+size:], true
}
