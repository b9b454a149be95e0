package syscalls

// The structures of System V IPC's control calls, by command (linux/shm.h, msg.h, sem.h; the 64-bit ones).

const ipc64 = 0x100 // IPC_64, which may be set in a command

var (
	ipcPermFull  = []member{{name: "uid", off: 4, size: 4, f: (*Call).uid}, {name: "gid", off: 8, size: 4, f: (*Call).uid}, {name: "mode", off: 20, size: 4, f: (*Call).octal}, {name: "key", size: 4, f: fUint}, {name: "cuid", off: 12, size: 4, f: (*Call).uid}, {name: "cgid", off: 16, size: 4, f: (*Call).uid}}
	ipcPermShort = ipcPermFull[:3]

	shmStat = structure(96, []member{ipcPerm("shm_perm", ipcPermFull), {name: "shm_segsz", off: 48, size: 8, f: fUint}, {name: "shm_cpid", off: 80, size: 4, f: (*Call).pid},
		{name: "shm_lpid", off: 84, size: 4, f: (*Call).pid}, {name: "shm_nattch", off: 88, size: 8, f: fUint}, {name: "shm_atime", off: 56, size: 8, f: fUint},
		{name: "shm_dtime", off: 64, size: 8, f: fUint}, {name: "shm_ctime", off: 72, size: 8, f: fUint}})
	msgStat = structure(104, []member{ipcPerm("msg_perm", ipcPermFull), {name: "msg_stime", off: 48, size: 8, f: fUint}, {name: "msg_rtime", off: 56, size: 8, f: fUint},
		{name: "msg_ctime", off: 64, size: 8, f: fUint}, {name: "msg_qnum", off: 80, size: 8, f: fUint}, {name: "msg_qbytes", off: 88, size: 8, f: fUint},
		{name: "msg_lspid", off: 96, size: 4, f: (*Call).pid}, {name: "msg_lrpid", off: 100, size: 4, f: (*Call).pid}})
	semStat = structure(88, []member{ipcPerm("sem_perm", ipcPermFull), {name: "sem_otime", off: 48, size: 8, f: fUint}, {name: "sem_ctime", off: 64, size: 8, f: fUint},
		{name: "sem_nsems", off: 80, size: 8, f: fUint}})
	shmSet  = structure(96, []member{ipcPerm("shm_perm", ipcPermShort)})
	semSet  = structure(88, []member{ipcPerm("sem_perm", ipcPermShort)})
	msgSet  = structure(104, []member{ipcPerm("msg_perm", ipcPermShort), {name: "msg_qbytes", off: 88, size: 8, f: fUint}})
	shmInfo = structure(40, []member{{name: "shmmax", size: 8, f: fUint}, {name: "shmmin", off: 8, size: 8, f: fUint}, {name: "shmmni", off: 16, size: 8, f: fUint},
		{name: "shmseg", off: 24, size: 8, f: fUint}, {name: "shmall", off: 32, size: 8, f: fUint}})
	shmUsed = structure(48, []member{{name: "used_ids", size: 4, f: fInt}, {name: "shm_tot", off: 8, size: 8, f: fUint}, {name: "shm_rss", off: 16, size: 8, f: fUint},
		{name: "shm_swp", off: 24, size: 8, f: fUint}, {name: "swap_attempts", off: 32, size: 8, f: fUint}, {name: "swap_successes", off: 40, size: 8, f: fUint}})
	msgInfo = structure(32, []member{{name: "msgpool", size: 4, f: fUint}, {name: "msgmap", off: 4, size: 4, f: fUint}, {name: "msgmax", off: 8, size: 4, f: fUint},
		{name: "msgmnb", off: 12, size: 4, f: fUint}, {name: "msgmni", off: 16, size: 4, f: fUint}, {name: "msgssz", off: 20, size: 4, f: fUint},
		{name: "msgtql", off: 24, size: 4, f: fUint}, {name: "msgseg", off: 28, size: 2, f: fUint}})
	semInfo = structure(40, []member{{name: "semmap", size: 4, f: fUint}, {name: "semmni", off: 4, size: 4, f: fUint}, {name: "semmns", off: 8, size: 4, f: fUint},
		{name: "semmnu", off: 12, size: 4, f: fUint}, {name: "semmsl", off: 16, size: 4, f: fUint}, {name: "semopm", off: 20, size: 4, f: fUint},
		{name: "semume", off: 24, size: 4, f: fUint}, {name: "semusz", off: 28, size: 4, f: fUint}, {name: "semvmx", off: 32, size: 4, f: fUint}, {name: "semaem", off: 36, size: 4, f: fUint}})

	shmRows = map[uint32]kind{1: shmSet, 2: out(shmStat), 13: out(shmStat), 15: out(shmStat), 3: out(shmInfo), 14: out(shmUsed)}
	msgRows = map[uint32]kind{1: msgSet, 2: out(msgStat), 11: out(msgStat), 13: out(msgStat), 3: out(msgInfo), 12: out(msgInfo)}
	semRows = map[uint32]kind{1: semSet, 2: out(semStat), 18: out(semStat), 20: out(semStat), 3: out(semInfo), 19: out(semInfo),
		16: in(func(c *Call, v uint64) { c.dec(int64(int32(v))) })}

	shmArg    = ipcArg(shmRows, 1)
	msgArg    = ipcArg(msgRows, 1)
	semctlArg = ipcArg(semRows, 2)
)

func ipcPerm(name string, members []member) member {
	return member{name: name, size: 48, raw: func(c *Call, p []byte) { c.structBody(p, members) }}
}

// ipcArg is what the command in argument at says.
func ipcArg(rows map[uint32]kind, at int) kind {
	row := func(c *Call) (kind, bool) {
		k, ok := rows[uint32(c.arg(at))&^ipc64]
		return k, ok && c.ABI.Word == 8
	}
	return kind{late: func(c *Call) bool { k, ok := row(c); return ok && k.out }, f: func(c *Call, v uint64) {
		if k, ok := row(c); ok {
			k.f(c, v)
			return
		}
		c.addr(v)
	}}
}
