package replay

// The smallest static ELF file FreeBSD takes as its own: the OS/ABI byte, and
// the ABI-tag note that tells the kernel which release's behaviour to give. The
// kernel overlooks the tag when it is the last note of its segment, so a
// feature-control note follows it, as in every program of FreeBSD's own.

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
)

const (
	page     = 0x1000
	osrel    = 1500068 // __FreeBSD_version in the ABI-tag note
	noteOff  = 0x1c0
	noteLen  = 48
	bssBegin = 0x10000 // in the data segment, see Asm.Bss
)

func elfImage(a *Asm) []byte {
	up := func(n int) int { return (n + page - 1) &^ (page - 1) }
	textLen := codeOff + len(a.text)
	roOff := up(textLen)
	dataOff := up(roOff + max(len(a.ro), 1))
	dataMem := len(a.data)
	if a.bss > 0 {
		dataMem = bssBegin + a.bss
	}

	segs := []elf.Prog64{
		{Type: uint32(elf.PT_LOAD), Flags: 5, Off: 0, Vaddr: textBase, Filesz: uint64(textLen), Memsz: uint64(textLen), Align: page},
		{Type: uint32(elf.PT_NOTE), Flags: 4, Off: noteOff, Vaddr: textBase + noteOff, Filesz: noteLen, Memsz: noteLen, Align: 4},
		{Type: uint32(elf.PT_GNU_STACK), Flags: 6, Align: 16},
		{Type: uint32(elf.PT_LOAD), Flags: 4, Off: uint64(roOff), Vaddr: roBase, Filesz: uint64(max(len(a.ro), 1)), Memsz: uint64(max(len(a.ro), 1)), Align: page},
	}
	if dataMem > 0 {
		segs = append(segs, elf.Prog64{Type: uint32(elf.PT_LOAD), Flags: 6, Off: uint64(dataOff), Vaddr: dataBase, Filesz: uint64(len(a.data)), Memsz: uint64(dataMem), Align: page})
	}
	h := elf.Header64{Type: uint16(elf.ET_EXEC), Machine: uint16(elf.EM_X86_64), Version: 1,
		Entry: textBase + codeOff, Phoff: 64, Ehsize: 64, Phentsize: 56, Phnum: uint16(len(segs)), Shentsize: 64}
	copy(h.Ident[:], []byte{0x7f, 'E', 'L', 'F', 2, 1, 1, byte(elf.ELFOSABI_FREEBSD)})

	out := make([]byte, dataOff+len(a.data))
	var b bytes.Buffer
	binary.Write(&b, binary.LittleEndian, h)
	binary.Write(&b, binary.LittleEndian, segs)
	copy(out, b.Bytes())
	if !a.oldABI {
		copy(out[noteOff:], note(1, osrel))
		copy(out[noteOff+24:], note(4, 0))
	}
	copy(out[codeOff:], a.text)
	copy(out[roOff:], a.ro)
	copy(out[dataOff:], a.data)
	return out
}

// note is one ELF note of vendor FreeBSD with a word as its content.
func note(kind, word uint32) []byte {
	b := binary.LittleEndian.AppendUint32(nil, 8)
	b = binary.LittleEndian.AppendUint32(b, 4)
	b = binary.LittleEndian.AppendUint32(b, kind)
	b = append(b, "FreeBSD\x00"...)
	return binary.LittleEndian.AppendUint32(b, word)
}
