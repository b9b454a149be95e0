package proc

// Layouts are all structures, for those who need the offsets elsewhere (testdata/litmus/svr4/layout.h).
var Layouts = []*Layout{&PstatusTable.Layout, &LwpstatusTable.Layout, &PsinfoTable.Layout, &LwpsinfoTable.Layout, &MapTable.Layout,
	&CredTable.Layout, &SigactionTable.Layout, &StackTable.Layout, &WatchTable.Layout, &IOVecTable.Layout, &UserTable.Layout,
	&siginfoProc.Layout, &siginfoChild.Layout, &siginfoFault.Layout}
