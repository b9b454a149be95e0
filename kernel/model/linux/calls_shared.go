package linux

// The calls of package calls, which do the same on other systems, by Linux's names; and what
// Linux's own calls use of that package.

import (
	"github.com/trapline/trapline/kernel/model/calls"
	"github.com/trapline/trapline/kernel/model/kern"
)

var (
	integer       = calls.Integer
	credOf        = calls.Cred
	fileOf        = calls.FileOf
	openFile      = calls.OpenFile
	tells         = calls.Tells
	writable      = calls.Writable
	fromSelf      = calls.FromSelf
	full          = calls.Full
	install       = calls.Install
	vectorsAt     = calls.VectorsAt
	cwdFirst      = calls.CwdFirst
	dirOf         = calls.DirOf
	pathFrom      = calls.PathFrom
	nodeAt        = calls.NodeAt
	parentID      = calls.ParentID
	procAt        = calls.ProcAt
	word32        = calls.Word32
	after         = calls.After
	timespec      = calls.Timespec
	putTimespec   = calls.PutTimespec
	timespecBytes = calls.TimespecBytes
	putTimeval    = calls.PutTimeval
	maySignal     = calls.MaySignal
	send          = calls.Send
	toNamed       = calls.ToNamed
	toProcess     = calls.ToProcess
	toThread      = calls.ToThread
	vmErrors      = calls.VMErrors
	prots         = calls.Prots
	isZero        = calls.IsZero
	pages         = calls.Pages
	watch         = calls.Watch
	pollSetAt     = calls.PollSetAt
	eventsOf      = calls.EventsOf
)

const (
	pollIn       = calls.PollIn
	pollPri      = calls.PollPri
	pollOut      = calls.PollOut
	pollErr      = calls.PollErr
	pollHup      = calls.PollHup
	pollRdNorm   = calls.PollRdNorm
	pollWrNorm   = calls.PollWrNorm
	maxTransfer  = calls.MaxTransfer
	piece        = calls.Piece
	atCWD        = calls.AtCWD
	atNoFollow   = calls.AtNoFollow
	atEmptyPath  = calls.AtEmptyPath
	atNoMount    = calls.AtNoMount
	atSyncFlags  = calls.AtSyncFlags
	statMaskMore = calls.StatMaskMore
)

func init() {
	register([]row{{"read", calls.Read}, {"write", calls.Write}, {"pread64", calls.Pread}, {"pwrite64", calls.Pwrite}, {"readv", calls.Readv},
		{"writev", calls.Writev}, {"preadv", calls.Preadv}, {"pwritev", calls.Pwritev}, {"lseek", calls.Lseek}})
	register([]row{{"mkdir", calls.CwdFirst(calls.Mkdirat)}, {"mkdirat", calls.Mkdirat}, {"rmdir", calls.Rmdir}, {"unlink", calls.Unlink},
		{"unlinkat", calls.Unlinkat}, {"rename", calls.CwdBoth(calls.Renameat2)}, {"renameat", calls.NoFlags(4, calls.Renameat2)},
		{"renameat2", calls.Renameat2}, {"link", calls.CwdBoth(calls.Linkat)}, {"linkat", calls.Linkat}, {"symlink", calls.Symlink},
		{"symlinkat", calls.Symlinkat}, {"readlink", calls.CwdFirst(calls.Readlinkat)}, {"readlinkat", calls.Readlinkat},
		{"access", calls.CwdFirst(calls.NoFlags(3, calls.Faccessat2))}, {"faccessat", calls.NoFlags(3, calls.Faccessat2)},
		{"faccessat2", calls.Faccessat2}, {"chmod", calls.CwdFirst(calls.NoFlags(3, calls.Fchmodat2))}, {"fchmod", calls.Fchmod},
		{"fchmodat", calls.NoFlags(3, calls.Fchmodat2)}, {"fchmodat2", calls.Fchmodat2}, {"chown", calls.CwdFirst(calls.NoFlags(4, calls.Fchownat))},
		{"lchown", calls.Lchown}, {"fchown", calls.Fchown}, {"fchownat", calls.Fchownat}, {"truncate", calls.Truncate},
		{"ftruncate", calls.Ftruncate}, {"getcwd", calls.Getcwd}, {"chdir", calls.Chdir}, {"fchdir", calls.Fchdir}, {"umask", calls.Umask}})
	register([]row{
		{"getpid", tells(func(p *kern.Proc, _ *kern.Thread) uint64 { return uint64(p.PID) })},
		{"gettid", tells(func(_ *kern.Proc, t *kern.Thread) uint64 { return uint64(t.TID) })},
		{"getppid", tells(parentID)},
		{"getpgrp", tells(func(p *kern.Proc, _ *kern.Thread) uint64 { return uint64(p.Group.ID) })},
		{"getpgid", calls.Getpgid}, {"setpgid", calls.Setpgid}, {"getsid", calls.Getsid}, {"setsid", calls.Setsid},
		{"getuid", tells(func(_ *kern.Proc, t *kern.Thread) uint64 { return uint64(t.Cred().UID) })},
		{"geteuid", tells(func(_ *kern.Proc, t *kern.Thread) uint64 { return uint64(t.Cred().EUID) })},
		{"getgid", tells(func(_ *kern.Proc, t *kern.Thread) uint64 { return uint64(t.Cred().GID) })},
		{"getegid", tells(func(_ *kern.Proc, t *kern.Thread) uint64 { return uint64(t.Cred().EGID) })},
		{"getresuid", calls.Getresuid}, {"getresgid", calls.Getresgid}, {"setuid", calls.Setuid}, {"setgid", calls.Setgid},
		{"setreuid", calls.Setreuid}, {"setregid", calls.Setregid}, {"setresuid", calls.Setresuid}, {"setresgid", calls.Setresgid},
		{"setfsuid", calls.Setfsuid}, {"setfsgid", calls.Setfsgid}, {"getgroups", calls.Getgroups}, {"setgroups", calls.Setgroups}})
}
