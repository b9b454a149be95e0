package syscalls

import (
	"slices"
	"testing"
)

// What strace 6.1 shows of the calls of a program of 32 bits that stand for many.
func TestDemultiplex(t *testing.T) {
	mem := memory{0x1000: le("wwwwww", 1, 0x80001, 6, 0, 0, 0), 0x2000: le("hhhhhh", 1, 2, 0, 0, 0xffff, 0x1000), 0x3000: le("ww", 1, 5),
		0x4000: le("w", 0x12345678), 0x5000: le("w", 5) + "hello", 0x6000: le("ww", 0x5000, 7), 0x7000: le("w", 0xf7ee7000)}
	const socketcall, ipc, none = 102, 117, 0xffffffff
	for _, c := range []struct {
		nr   uint64
		args [6]uint64
		want string
	}{
		{socketcall, [6]uint64{1, 0x1000}, `socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 6) = 0`},
		{socketcall, [6]uint64{9, 0x1000}, `send(1, 0x80001, 6, 0) = 0`},
		{socketcall, [6]uint64{10, 0x1000}, `recv(1, "", 6, 0) = 0`},
		{socketcall, [6]uint64{20, 0x1000}, `sendmmsg(1, 0x80001, 6, 0) = 0`},
		{socketcall, [6]uint64{1, 0x9000}, `socketcall(SYS_SOCKET, 0x9000) = 0`},
		{socketcall, [6]uint64{0, 0x1000}, `socketcall(0, 0x1000) = 0`},
		{socketcall, [6]uint64{21, 0x1000}, `socketcall(21, 0x1000) = 0`},
		{socketcall, [6]uint64{0x10001, 0x1000}, `socketcall(65537, 0x1000) = 0`},
		{ipc, [6]uint64{5, 1, 2, 3, 4, 5}, `ipc(5, 0x1, 0x2, 0x3, 0x4, 0x5) = 0`},
		{ipc, [6]uint64{1, none, 2, 3, 0x2000, 5}, `semop(-1, [{sem_num=1, sem_op=2, sem_flg=0}, {sem_num=0, sem_op=-1, sem_flg=SEM_UNDO}], 2) = 0`},
		{ipc, [6]uint64{0x10001, none, 1, 3, 0x2000, 5}, `semop(-1, [{sem_num=1, sem_op=2, sem_flg=0}], 1) = 0`},
		{ipc, [6]uint64{2, none, 2, 0o1600}, `semget(0xffffffff, 2, IPC_CREAT|0600) = 0`},
		{ipc, [6]uint64{3, none, 1, 0x110, 0x4000}, `semctl(-1, 1, IPC_64|SETVAL, [0x12345678]) = 0`},
		{ipc, [6]uint64{3, none, 1, 0x102, 0}, `semctl(-1, 1, IPC_64|IPC_STAT, NULL) = 0`},
		{ipc, [6]uint64{4, none, 1, 0, 0x2000, 0x3000}, `semtimedop(-1, [{sem_num=1, sem_op=2, sem_flg=0}], 1, {tv_sec=1, tv_nsec=5}) = 0`},
		{ipc, [6]uint64{11, none, 5, 0o4000, 0x5000}, `msgsnd(-1, {mtype=5, mtext="hello"}, 5, IPC_NOWAIT) = 0`},
		{ipc, [6]uint64{12, none, 0, 0o4000, 0x6000, 9}, `msgrcv(-1, {mtype=5, mtext=""}, 0, 7, IPC_NOWAIT) = 0`},
		{ipc, [6]uint64{1<<16 | 12, none, 0, 0o4000, 0x5000, 9}, `msgrcv(-1, {mtype=5, mtext=""}, 0, 9, IPC_NOWAIT) = 0`},
		{ipc, [6]uint64{13, 1, 0o1600, 3, 4, 5}, `msgget(0x1, IPC_CREAT|0600) = 0`},
		{ipc, [6]uint64{14, none, 0, 1, 0}, `msgctl(-1, IPC_RMID, NULL) = 0`},
		{ipc, [6]uint64{21, none, 0o10000, 0x7000, 0x1000}, `shmat(-1, 0x1000, SHM_RDONLY) = 0xf7ee7000`},
		{ipc, [6]uint64{22, 1, 2, 3, 0x1234}, `shmdt(0x1234) = 0`},
		{ipc, [6]uint64{23, 0, 4096, 0o600}, `shmget(IPC_PRIVATE, 4096, 0600) = 0`},
		{ipc, [6]uint64{24, none, 0, 1, 0}, `shmctl(-1, IPC_RMID, NULL) = 0`},
	} {
		call := &Call{ABI: I386, Nr: c.nr, Args: c.args, Mem: mem, Opts: &Options{Column: -1, As61: true}, Returned: true}
		call.Demultiplex()
		if got := string(AppendExit(AppendEnter(nil, call), call)); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
		if nr := I386.Register(call.Nr); nr != c.nr {
			t.Errorf("%s: %d stood in the register, not %d", c.want, c.nr, nr)
		}
	}
}

// Who looks for a call must stop those that stand for it.
func TestSetOfParts(t *testing.T) {
	set, err := ParseSet("accept,shmat@32")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := set.Numbers(I386), []uint64{102, 117, 397}; !slices.Equal(got, want) {
		t.Errorf("numbers: %d, want %d", got, want)
	}
	for _, c := range []struct {
		nr, part uint64
		want     bool
	}{{102, 5, true}, {102, 6, false}, {117, 21, true}, {117, 22, false}} {
		call := &Call{ABI: I386, Nr: c.nr, Args: [6]uint64{c.part, 0x1000}, Mem: memory{0x1000: le("wwwwww", 0, 0, 0, 0, 0, 0)}}
		if call.Demultiplex(); set.Has(I386, call.Nr) != c.want {
			t.Errorf("part %d of call %d: not %v", c.part, c.nr, c.want)
		}
	}
}
