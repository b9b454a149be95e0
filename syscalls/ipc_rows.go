package syscalls

// The structures of System V IPC's control calls, by command (linux/shm.h, msg.h, sem.h and their
// asm-generic and asm/ parts; those of IPC_64).

const ipc64 = 0x100 // IPC_64, which may be set in a command

// klong is a number as wide as the kernel's long: 4 bytes for i386 only.
func klong(name string) field {
	return field{member: member{name: name, f: fUint}, widths: [layouts]int{8, 8, 4}, aligns: [layouts]int{8, 8, 4}}
}

// high is what i386 has behind a time of 4 bytes.
func high() field {
	f := pad(0)
	f.widths[2] = 4
	return f
}

var (
	ipcPermAll = newRecord(u32le("key"), natural("uid", 4, (*Call).uid), natural("gid", 4, (*Call).uid), natural("cuid", 4, (*Call).uid),
		natural("cgid", 4, (*Call).uid), natural("mode", 4, (*Call).octal), u16le("seq"), pad(2), klong("unused1"), klong("unused2"))
	ipcPermFull  = ipcPermAll.pick("uid gid mode key cuid cgid")
	ipcPermShort = ipcPermAll.pick("uid gid mode")

	shmSet = shmDS(ipcPermShort).pick("shm_perm")
	semSet = semDS(ipcPermShort).pick("sem_perm")
	msgSet = msgDS(ipcPermShort).pick("msg_perm msg_qbytes")

	shmStat = shmDS(ipcPermFull).pick("shm_perm shm_segsz shm_cpid shm_lpid shm_nattch shm_atime shm_dtime shm_ctime")
	semStat = semDS(ipcPermFull).pick("sem_perm sem_otime sem_ctime sem_nsems")
	msgStat = msgDS(ipcPermFull).pick("msg_perm msg_stime msg_rtime msg_ctime msg_qnum msg_qbytes msg_lspid msg_lrpid")

	shmInfo = newRecord(klong("shmmax"), klong("shmmin"), klong("shmmni"), klong("shmseg"), klong("shmall"))
	shmUsed = newRecord(i32("used_ids"), klong("shm_tot"), klong("shm_rss"), klong("shm_swp"), klong("swap_attempts"), klong("swap_successes"))
	msgInfo = newRecord(u32le("msgpool"), u32le("msgmap"), u32le("msgmax"), u32le("msgmnb"), u32le("msgmni"), u32le("msgssz"), u32le("msgtql"),
		u16le("msgseg"))
	semInfo = newRecord(u32le("semmap"), u32le("semmni"), u32le("semmns"), u32le("semmnu"), u32le("semmsl"), u32le("semopm"), u32le("semume"),
		u32le("semusz"), u32le("semvmx"), u32le("semaem"))

	shmRows = map[uint32]ipcRow{1: {shmSet, false}, 2: {shmStat, true}, 13: {shmStat, true}, 15: {shmStat, true}, 3: {shmInfo, true}, 14: {shmUsed, true}}
	msgRows = map[uint32]ipcRow{1: {msgSet, false}, 2: {msgStat, true}, 11: {msgStat, true}, 13: {msgStat, true}, 3: {msgInfo, true}, 12: {msgInfo, true}}
	semRows = map[uint32]ipcRow{1: {semSet, false}, 2: {semStat, true}, 18: {semStat, true}, 20: {semStat, true}, 3: {semInfo, true}, 19: {semInfo, true}}

	shmArg    = ipcArg(shmRows, 1, (*Call).addr)
	msgArg    = ipcArg(msgRows, 1, (*Call).addr)
	semctlArg = ipcArg(semRows, 2, func(c *Call, v uint64) {
		if uint32(c.arg(2))&^ipc64 == 16 { // SETVAL
			c.dec(int64(int32(v)))
			return
		}
		c.addr(v)
	})
	// semctlPtr is where the argument of semctl is when ipc(2) stands for it.
	semctlPtr = func() kind {
		k := ipcArg(semRows, 2, func(c *Call, v uint64) {
			c.byte('[')
			c.addr(v)
			c.byte(']')
		})
		f := k.f
		k.f = func(c *Call, v uint64) {
			if p, ok := c.read(v, c.ABI.Word); ok {
				f(c, c.word(p))
				return
			}
			c.addr(v)
		}
		return k
	}()
)

func shmDS(perm *record) *record {
	return newRecord(sub("shm_perm", perm), klong("shm_segsz"), klong("shm_atime"), high(), klong("shm_dtime"), high(), klong("shm_ctime"), high(),
		natural("shm_cpid", 4, (*Call).pid), natural("shm_lpid", 4, (*Call).pid), klong("shm_nattch"))
}

func semDS(perm *record) *record {
	return newRecord(sub("sem_perm", perm), klong("sem_otime"), klong(""), klong("sem_ctime"), klong(""), klong("sem_nsems"))
}

func msgDS(perm *record) *record {
	return newRecord(sub("msg_perm", perm), klong("msg_stime"), high(), klong("msg_rtime"), high(), klong("msg_ctime"), high(), klong("msg_cbytes"),
		klong("msg_qnum"), klong("msg_qbytes"), natural("msg_lspid", 4, (*Call).pid), natural("msg_lrpid", 4, (*Call).pid))
}

// ipcRow is what a command's argument points to, and whether the kernel fills it in.
type ipcRow struct {
	*record
	filled bool
}

// ipcArg is what the command in argument at says; plain prints what is none of that, or cannot be read.
func ipcArg(rows map[uint32]ipcRow, at int, plain format) kind {
	row := func(c *Call) ipcRow { return rows[uint32(c.arg(at))&^ipc64] }
	return kind{late: func(c *Call) bool { return row(c).filled }, f: func(c *Call, v uint64) {
		if r := row(c); r.record != nil && !(r.filled && c.failed) {
			if p, ok := r.load(c, v); ok {
				r.body(c, p)
				return
			}
		}
		plain(c, v)
	}}
}
