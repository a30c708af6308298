package emvqr

import (
	"fmt"
	"slices"
	"strings"
)

// Checksum is the CRC of EMV QRCPS (ISO/IEC 13239, also CRC-16/CCITT-FALSE):
// polynomial 0x1021, started with 0xFFFF, nothing reflected, nothing inverted.
// The one of "123456789" is 0x29B1.
func Checksum(text string) uint16 {
	crc := uint16(0xffff)
	for i := range len(text) {
		crc ^= uint16(text[i]) << 8
		for range 8 {
			carry := crc&0x8000 != 0
			crc <<= 1
			if carry {
				crc ^= 0x1021
			}
		}
	}
	return crc
}

// checksumHead is the id and length of the CRC, which it covers.
const checksumHead = idChecksum + "04"

// seal appends the CRC.
func seal(text string) string {
	text += checksumHead
	return text + fmt.Sprintf("%04X", Checksum(text))
}

func canonical(objects []Object) string {
	sorted := slices.DeleteFunc(slices.Clone(objects), func(o Object) bool { return o.ID == idChecksum })
	slices.SortStableFunc(sorted, func(a, b Object) int { return strings.Compare(a.ID, b.ID) })
	for i := range sorted {
		sorted[i] = recount(sorted[i])
	}
	return seal(encode(sorted))
}

// recount writes the lengths within a template in characters.
func recount(o Object) Object {
	if o.Objects == nil {
		return o
	}
	inner := make([]Object, len(o.Objects))
	for i := range o.Objects {
		inner[i] = recount(o.Objects[i])
	}
	return Template(o.ID, inner...)
}
