package syscalls

import (
	"testing"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/kernel/svr4/nr"
)

func TestSVR4(t *testing.T) {
	for _, c := range []struct {
		call Call
		want string
	}{
		{Call{Nr: nr.Kill, Args: [6]uint64{5, 16}, Returned: true}, "kill(5, SIGUSR1) = 0"},
		{Call{Nr: nr.Close, Args: [6]uint64{77}, Returned: true, Errno: 9}, "close(77) = -1 EBADF (Bad file number)"},
		{Call{Nr: nr.Forksys, Args: [6]uint64{0, 0}, Returned: true, Ret: 200}, "forksys(0, 0) = 200"},
		{Call{Nr: nr.LwpPark, Args: [6]uint64{0, 16, 0}, Returned: true}, "lwp_park(0, 0x10, 0) = 0"},
		{Call{Nr: 250, Returned: true}, "syscall_0xfa(0, 0, 0, 0, 0, 0) = 0"},
	} {
		c.call.ABI, c.call.Opts = Native(abi.SVR4), &Options{Column: -1}
		got := string(AppendExit(AppendEnter(nil, &c.call), &c.call))
		if got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
	for i := range svr4Signatures {
		s := &svr4Signatures[i]
		found := false
		for _, r := range nr.Rows {
			found = found || r.Name == s.Name && r.Args == s.Args(SVR4)
		}
		if !found {
			t.Errorf("%s with %d arguments is no row of nr", s.Name, s.Args(SVR4))
		}
	}
}
