package client

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
)

// toUTF8 returns a text with a byte order mark as UTF-8 without one: Windows
// PowerShell writes UTF-16. UTF-16 is known without a mark, too, where most of the
// text is ASCII. Other data it returns as they are.
func toUTF8(data []byte) []byte {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(data, []byte{0xef, 0xbb, 0xbf}):
		return data[3:]
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}):
		data, order = data[2:], binary.LittleEndian
	case bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		data, order = data[2:], binary.BigEndian
	default:
		if order = orderOfASCII(data); order == nil {
			return data
		}
	}
	units := make([]uint16, 0, len(data)/2)
	for ; len(data) >= 2; data = data[2:] {
		units = append(units, order.Uint16(data))
	}
	return []byte(string(utf16.Decode(units)))
}

// orderOfASCII returns the byte order of UTF-16 that is mostly ASCII, or nil for
// other data.
func orderOfASCII(data []byte) binary.ByteOrder {
	const looked = 1024
	data = data[:min(len(data), looked)&^1]
	var zeros [2]int // at even and at odd places
	for i, octet := range data {
		if octet == 0 {
			zeros[i%2]++
		}
	}
	most := 3 * len(data) / 8 // three quarters of the units
	switch {
	case len(data) < 8:
		return nil
	case zeros[1] >= most && zeros[0] == 0:
		return binary.LittleEndian
	case zeros[0] >= most && zeros[1] == 0:
		return binary.BigEndian
	}
	return nil
}
