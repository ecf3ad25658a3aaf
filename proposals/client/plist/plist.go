package plist

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"unicode/utf16"
)

// Value is a value of a property list: a dictionary, an array, or a string
// or an integer as its text. The text of any other value is "".
type Value struct {
	Line  int // of XML, from 1; 0 in a binary list, which has no lines
	Text  string
	Dict  map[string]*Value // nil if it is not a dictionary
	Array []*Value
}

// Get returns what a dictionary holds under key; nil if that is nothing, or if v
// is not a dictionary.
func (v *Value) Get(key string) *Value {
	if v == nil {
		return nil
	}
	return v.Dict[key]
}

// TextAt returns the text that a dictionary holds under key, or "".
func (v *Value) TextAt(key string) string {
	if value := v.Get(key); value != nil {
		return value.Text
	}
	return ""
}

// IsBinary reports whether data begins as a binary property list.
func IsBinary(data []byte) bool { return bytes.HasPrefix(data, []byte("bplist0")) }

// Parse reads a property list in XML or binary. Its error is a
// [*proposals.FileError].
func Parse(data []byte) (*Value, error) {
	if IsBinary(data) {
		return parseBinary(data)
	}
	root, err := ParseXML(data)
	if err != nil {
		return nil, err
	}
	list := root.Child("plist")
	if list == nil {
		return nil, fault(1, "", "it is not a property list: its first element is not plist")
	}
	if len(list.Children) != 1 {
		return nil, fault(list.Line, "plist", "has no value, or more than one")
	}
	return valueOf(list.Children[0])
}

// valueOf returns the value that an element of a property list in XML is.
func valueOf(e *Element) (*Value, error) {
	v := &Value{Line: e.Line}
	switch e.Name {
	case "string", "integer":
		v.Text = e.Text
	case "array":
		for _, child := range e.Children {
			item, err := valueOf(child)
			if err != nil {
				return nil, err
			}
			v.Array = append(v.Array, item)
		}
	case "dict":
		v.Dict = make(map[string]*Value)
		for i := 0; i < len(e.Children); i += 2 {
			key := e.Children[i]
			if key.Name != "key" {
				return nil, fault(key.Line, "", "an element stands in a dict where a key should be")
			}
			if i+1 == len(e.Children) {
				return nil, fault(key.Line, "", "the last key of a dict has no value")
			}
			value, err := valueOf(e.Children[i+1])
			if err != nil {
				return nil, err
			}
			v.Dict[key.Text] = value
		}
	}
	return v, nil
}

// errDamaged is of a binary list that does not hold together.
var errDamaged = fault(0, "", "it is a damaged binary property list")

// binaryReader reads a binary property list, version 00, as Apple's
// CFBinaryPList.c describes it: objects, a table of their offsets, and a trailer.
// Objects name each other by their numbers in the table.
type binaryReader struct {
	objects []byte // up to the table, so that offsets are those of the file
	offsets []byte // the table
	// The octets of an offset in the table and of a number in an object.
	offsetSize, numberSize int
	// read are the objects by their numbers; nil while one is being read.
	read map[uint64]*Value
	// left is how many octets objects may still have. As they do not share
	// octets, and each is read once, all of them have those of the file.
	left int
}

func parseBinary(data []byte) (*Value, error) {
	const header, trailer = 8, 32
	if len(data) < header+trailer {
		return nil, errDamaged
	}
	// The trailer has 6 octets that do not matter, both sizes, how many objects
	// there are, the number of the topmost one, and where the table begins.
	body, end := data[:len(data)-trailer], data[len(data)-trailer:]
	count, top, table := binary.BigEndian.Uint64(end[8:]), binary.BigEndian.Uint64(end[16:]), binary.BigEndian.Uint64(end[24:])
	r := binaryReader{offsetSize: int(end[6]), numberSize: int(end[7]), read: make(map[uint64]*Value)}
	if r.offsetSize < 1 || r.offsetSize > 8 || r.numberSize < 1 || r.numberSize > 8 || table < header || table > uint64(len(body)) {
		return nil, errDamaged
	}
	r.objects, r.offsets = body[:table:table], body[table:]
	r.left = len(r.objects) - header
	if count > uint64(len(r.offsets)/r.offsetSize) {
		return nil, errDamaged
	}
	r.offsets = r.offsets[:int(count)*r.offsetSize]
	v, ok := r.object(top, 0)
	if !ok {
		return nil, errDamaged
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
	kindInteger = 0x1
	kindASCII   = 0x5
	kindUTF16   = 0x6
	kindArray   = 0xa
	kindDict    = 0xd
)

// object returns the nth object. It reports false where it is damaged, holds
// itself, or holds others too deep.
func (r *binaryReader) object(n uint64, depth int) (*Value, bool) {
	if v, again := r.read[n]; again {
		return v, v != nil
	}
	if n >= uint64(len(r.offsets)/r.offsetSize) || depth > maxDepth {
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
func (r *binaryReader) value(b []byte, depth int) (*Value, bool) {
	kind := b[0] >> 4
	v := new(Value)
	if kind == kindInteger {
		n, _, ok := integerOf(b)
		v.Text = strconv.FormatInt(n, 10)
		return v, ok
	}
	size := map[byte]int{kindASCII: 1, kindUTF16: 2, kindArray: r.numberSize, kindDict: 2 * r.numberSize}[kind]
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
	case kindASCII:
		v.Text = string(b)
	case kindUTF16:
		var units []uint16
		for ; len(b) > 0; b = b[2:] {
			units = append(units, binary.BigEndian.Uint16(b))
		}
		v.Text = string(utf16.Decode(units))
	case kindArray:
		var ok bool
		v.Array, ok = r.list(b, depth)
		return v, ok
	case kindDict: // the keys, and then the values
		all, ok := r.list(b, depth)
		if !ok {
			return nil, false
		}
		v.Dict = make(map[string]*Value)
		for i, key := range all[:count] {
			v.Dict[key.Text] = all[int(count)+i]
		}
	}
	return v, true
}

// list returns the objects whose numbers are in b.
func (r *binaryReader) list(b []byte, depth int) ([]*Value, bool) {
	var list []*Value
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
	if len(b) == 0 || b[0]>>4 != kindInteger || b[0]&0xf > 3 {
		return 0, nil, false
	}
	size := 1 << (b[0] & 0xf)
	if len(b) < 1+size {
		return 0, nil, false
	}
	return int64(number(b[1 : 1+size])), b[1+size:], true
}
