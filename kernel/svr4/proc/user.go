package proc

// The user area: what requests 3 and 6 of ptrace(2) read and write a word of (user.h of
// SVR4). Its layout is ours, since SVR4's never was on x86-64; the members are those that
// the manuals name. The registers are found as ptrace(2) says: u_ar0 holds the address of
// the saved registers, and their offset is that less the address of u itself.

// UserBase is the address of u in the kernel.
const UserBase = 0xffffffffe0000000

// User is struct user, as far as it is shown.
type User struct {
	AR0      uint64 // address of the saved registers: UserBase + UserRegs
	TSize    uint64 // sizes of text, data and stack, bytes
	DSize    uint64
	SSize    uint64
	TOrg     uint64 // where text and data begin
	DOrg     uint64
	Entry    uint64 // u_exdata.ux_entloc: of the first instruction after exec
	Comm     [16]byte
	PsArgs   [80]byte
	UID, GID uint64
	RUID     uint64
	RGID     uint64
	Start    uint64           // seconds since the epoch
	Signal   [NSignals]uint64 // dispositions, of signal n at n-1
	Regs     Gregs
}

// UserRegs is the offset of the saved registers.
const UserRegs = 512

// UserTable is its layout.
var UserTable = newTable("struct user", UserRegs+GregsSize, []row[User]{
	{"u_ar0", 0, func(u *User) any { return &u.AR0 }},
	{"u_tsize", 8, func(u *User) any { return &u.TSize }},
	{"u_dsize", 16, func(u *User) any { return &u.DSize }},
	{"u_ssize", 24, func(u *User) any { return &u.SSize }},
	{"u_torg", 32, func(u *User) any { return &u.TOrg }},
	{"u_dorg", 40, func(u *User) any { return &u.DOrg }},
	{"u_entloc", 48, func(u *User) any { return &u.Entry }},
	{"u_comm", 56, func(u *User) any { return u.Comm[:] }},
	{"u_psargs", 72, func(u *User) any { return u.PsArgs[:] }},
	{"u_uid", 152, func(u *User) any { return &u.UID }},
	{"u_gid", 160, func(u *User) any { return &u.GID }},
	{"u_ruid", 168, func(u *User) any { return &u.RUID }},
	{"u_rgid", 176, func(u *User) any { return &u.RGID }},
	{"u_start", 184, func(u *User) any { return &u.Start }},
	{"u_signal", 192, func(u *User) any { return u.Signal[:] }},
	{"u_regs", UserRegs, func(u *User) any { return u.Regs[:] }},
})

// Append appends the structure.
func (u *User) Append(b []byte) []byte { return UserTable.appendTo(b, u) }

// Decode reads the structure.
func (u *User) Decode(b []byte) error { return UserTable.decode(b, u) }

// UserMask says which bits of a word of the user area request 6 changes: all of a general
// register, rip and rsp, the condition codes of the flags, none of anything else (EIO).
func UserMask(off uint64) uint64 {
	if off < UserRegs || off%8 != 0 || off >= UserRegs+GregsSize {
		return 0
	}
	switch i := (off - UserRegs) / 8; {
	case i == RegRFL:
		return UserFlags
	case i <= RegRAX || i == RegRIP || i == RegRSP:
		return ^uint64(0)
	}
	return 0
}
