// Package elfinfo answers what a debugger asks of an ELF file: its headers and
// sections, its symbols, where it lies in a process, and which separate file holds
// its debug information. Line tables are in elfinfo/line.
//
// The standard library's debug/elf is good at well-formed files read whole. A
// debugger needs three things more: sections that cost nothing until they are
// touched (a 200 MB .debug_info is mapped, never read), files whose section headers
// are missing or broken (a vDSO image, a truncated download) that still answer from
// their program headers, and hard limits on what a hostile file can make us
// allocate. The named constants and their String methods are debug/elf's.
//
// Addresses are the file's own ("vaddr", as nm prints them) unless a name says
// otherwise; Image adds the load bias of one process.
//
// A *File may be used from several goroutines. Byte slices it returns alias the
// mapped file or a shared cache: treat them as read-only and dead after Close.
// A mapped file that someone truncates in place faults on access; Guard turns that
// fault into an error and every parser of this package runs under it.
package elfinfo
